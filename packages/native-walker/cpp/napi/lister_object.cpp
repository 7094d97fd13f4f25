#include "napi/lister_object.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/surrogate_escape.hpp"
#include "napi/addon_data.hpp"
#include "napi/options_from_js.hpp"

namespace pwalk {
namespace {

// Positions in the answer.
enum Answer : size_t { answer_step, answer_error, answer_directories, answer_others, answer_links, answer_size };

// Bytes of names that are freed with their directory: more are not kept as long as the walk is below it.
constexpr size_t most_kept = 4096;

bool flag(const Napi::Object& options, const char* name) { return options.Get(name).ToBoolean(); }

ListerOptions lister_options(const Napi::Object& from) {
  ListerOptions options;
  options.top = byte_string(from.Get("top"), "top");
  options.enter_links = flag(from, "enterLinks");
  options.threads = count_option(from, "threads", options.threads, 1, 1024);
  options.window = count_option(from, "window", 0, 0, 1 << 20);
  options.window_bytes = count_option(from, "windowBytes", 32 << 20, 1, size_t{1} << 40);
  options.trust_all = flag(from, "trustAll");
  for (std::string& name : byte_strings(from.Get("skipNames"), "skipNames")) {
    options.rules.skip_names.insert(std::move(name));
  }
  return options;
}

// A name as the caller has it: bytes, or text with escaped bytes.
std::string name_from_js(const Napi::Value& value) {
  if (!value.IsString()) return byte_string(value, "a directory name");
  // Nearly all names: without memory for each, or a second form of it. What was cut off is not shorter by four.
  std::array<char, 128> ascii;
  size_t size = 0;
  if (napi_get_value_string_utf8(value.Env(), value, ascii.data(), ascii.size(), &size) == napi_ok && size < ascii.size() - 4) {
    const std::string_view name(ascii.data(), size);
    if (is_ascii(name) && name.find('\0') == std::string_view::npos) return std::string(name);
  }
  const std::u16string text = value.As<Napi::String>().Utf16Value();
  std::optional<std::string> bytes = bytes_of_utf16(text);
  if (!bytes || bytes->find('\0') != std::string::npos) {
    throw Napi::TypeError::New(value.Env(), "a directory name has a character that no name can have");
  }
  return *std::move(bytes);
}

napi_value text_of(Napi::Env env, std::string_view bytes) {
  napi_value text = nullptr;
  if (napi_create_string_latin1(env, bytes.data(), bytes.size(), &text) != napi_ok) throw Napi::Error::New(env);
  return text;
}

Napi::Value names_as_text(Napi::Env env, const std::string& names) {
  if (is_ascii(names)) return {env, text_of(env, names)};
  std::u16string text;
  text.reserve(names.size());
  append_utf16(names, text);
  return Napi::String::New(env, text);
}

// Waits for the threads of a closed lister on a thread of libuv's pool.
class IdleWaiter : public Napi::AsyncWorker {
 public:
  IdleWaiter(Napi::Env env, std::shared_ptr<Lister> lister)
      : Napi::AsyncWorker(env, "pwalk.close"), lister_(std::move(lister)), deferred_(env) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { lister_->wait_ended(std::chrono::steady_clock::now() + teardown_patience); }
  void OnOK() override { deferred_.Resolve(Env().Undefined()); }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  std::shared_ptr<Lister> lister_;
  Napi::Promise::Deferred deferred_;
};

}  // namespace

Napi::Function ListerObject::define(Napi::Env env) {
  return DefineClass(
      env, "NativeLister",
      {InstanceMethod<&ListerObject::visit>("visit"), InstanceMethod<&ListerObject::visit_sync>("visitSync"),
       InstanceMethod<&ListerObject::resume>("resume"), InstanceMethod<&ListerObject::wait>("wait"),
       InstanceMethod<&ListerObject::linked_directories>("linkedDirectories"),
       InstanceMethod<&ListerObject::replan>("replan"), InstanceMethod<&ListerObject::close>("close"),
       InstanceMethod<&ListerObject::close_sync>("closeSync"), InstanceMethod<&ListerObject::progress>("progress")});
}

ListerObject::ListerObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ListerObject>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) throw Napi::TypeError::New(env, "options must be an object");
  if (!info[1].IsTypedArray() || info[1].As<Napi::TypedArray>().TypedArrayType() != napi_int32_array) {
    throw Napi::TypeError::New(env, "answer must be an Int32Array");
  }
  auto array = info[1].As<Napi::Int32Array>();
  if (array.ElementLength() < answer_size) throw Napi::RangeError::New(env, "answer is too short");
  const auto object = info[0].As<Napi::Object>();
  ListerOptions options = lister_options(object);
  as_bytes_ = flag(object, "asBytes");
  // Asking for the data moves it out of the reach of the garbage collector, for as long as it is referenced.
  answer_ = {array.Data(), array.ElementLength()};
  answer_array_ = Napi::Reference<Napi::Int32Array>::New(array, 1);
  waker_ = Waker::create(env, [this](Napi::Env callback_env) { on_wake(callback_env); });
  try {
    lister_ = Lister::start(std::move(options), [waker = waker_] { waker->wake(); });
  } catch (const std::exception& error) {
    waker_->close();
    throw Napi::Error::New(env, std::string("cannot start a thread: ") + error.what());
  }
  env.GetInstanceData<AddonData>()->listers.add(lister_);
}

ListerObject::~ListerObject() {
  if (waker_) waker_->close();
  if (lister_) lister_->cancel();
}

Napi::Value ListerObject::visit(const Napi::CallbackInfo& info) { return visit(info, Lister::Wait::never); }
Napi::Value ListerObject::visit_sync(const Napi::CallbackInfo& info) { return visit(info, Lister::Wait::block); }

Napi::Value ListerObject::visit(const Napi::CallbackInfo& info, Lister::Wait wait) {
  const uint32_t depth = info[0].ToNumber().Uint32Value();
  const std::string name = depth == 0 ? std::string() : name_from_js(info[1]);
  return answer(info.Env(), lister_->visit(depth, name, wait));
}

Napi::Value ListerObject::resume(const Napi::CallbackInfo& info) { return answer(info.Env(), lister_->resume()); }

Napi::Value ListerObject::answer(Napi::Env env, Lister::Step step) {
  answer_[answer_step] = static_cast<int32_t>(step);
  if (step == Lister::Step::failed) answer_[answer_error] = lister_->current().error;
  if (step != Lister::Step::listed) return env.Null();
  Listing& listing = lister_->current();
  answer_[answer_links] = static_cast<int32_t>(listing.linked_directories.size());
  answer_[answer_directories] = static_cast<int32_t>(listing.directory_count);
  answer_[answer_others] = static_cast<int32_t>(listing.entry_count - listing.directory_count);
  const Napi::Value names = as_bytes_ ? Napi::Buffer<char>::Copy(env, listing.names.data(), listing.names.size())
                                      : names_as_text(env, listing.names);
  if (listing.names.capacity() > most_kept) std::string().swap(listing.names);
  return names;
}

Napi::Value ListerObject::wait(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (pending_) throw Napi::Error::New(env, "wait() is pending already");
  pending_ = Napi::Promise::Deferred::New(env);
  Ref();
  waker_->keep_loop_alive(env, true);
  return pending_->Promise();
}

void ListerObject::on_wake(Napi::Env env) {
  if (!pending_) return;
  const Napi::HandleScope scope(env);
  const Napi::Promise::Deferred settled = *std::exchange(pending_, std::nullopt);
  waker_->keep_loop_alive(env, false);
  Unref();
  settled.Resolve(env.Undefined());
}

Napi::Value ListerObject::linked_directories(const Napi::CallbackInfo& info) {
  const std::vector<uint32_t>& indices = lister_->current().linked_directories;
  Napi::Array list = Napi::Array::New(info.Env(), indices.size());
  for (size_t i = 0; i < indices.size(); ++i) list.Set(static_cast<uint32_t>(i), indices[i]);
  return list;
}

void ListerObject::replan(const Napi::CallbackInfo& info) {
  if (!info[1].IsArray()) throw Napi::TypeError::New(info.Env(), "names must be an array");
  const auto list = info[1].As<Napi::Array>();
  std::vector<std::string> names;
  names.reserve(list.Length());
  for (uint32_t i = 0; i < list.Length(); ++i) names.push_back(name_from_js(list.Get(i)));
  lister_->replan(info[0].ToNumber().Uint32Value(), names);
}

Napi::Value ListerObject::close(const Napi::CallbackInfo& info) {
  lister_->cancel();
  if (lister_->wait_ended(std::chrono::steady_clock::now())) {
    const auto ended = Napi::Promise::Deferred::New(info.Env());
    ended.Resolve(info.Env().Undefined());
    return ended.Promise();
  }
  auto* waiter = new IdleWaiter(info.Env(), lister_);  // deletes itself when done
  const Napi::Promise promise = waiter->promise();
  waiter->Queue();
  return promise;
}

void ListerObject::close_sync(const Napi::CallbackInfo&) {
  lister_->cancel();
  lister_->wait_ended(std::chrono::steady_clock::now() + teardown_patience);
}

Napi::Value ListerObject::progress(const Napi::CallbackInfo& info) {
  const ListerProgress now = lister_->progress();
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("ahead", static_cast<double>(now.ahead));
  object.Set("aheadBytes", static_cast<double>(now.ahead_bytes));
  object.Set("busyThreads", static_cast<double>(now.busy_threads));
  return object;
}

}  // namespace pwalk
