#include "napi/walk_object.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "napi/addon_data.hpp"
#include "napi/options_from_js.hpp"

namespace pwalk {
namespace {

template <class Values>
Napi::Array number_array(Napi::Env env, const Values& values) {
  Napi::Array array = Napi::Array::New(env, values.size());
  for (size_t i = 0; i < values.size(); ++i) array.Set(static_cast<uint32_t>(i), static_cast<double>(values[i]));
  return array;
}

Napi::Object batch_object(Napi::Env env, BatchBuilder& batch) {
  const std::vector<ColumnLayout>& layout = batch.finish();
  Napi::Float64Array numbers = Napi::Float64Array::New(env, layout.size() * 6);
  double* to = numbers.Data();
  for (const ColumnLayout& at : layout) {
    for (const double number : {static_cast<double>(at.column), static_cast<double>(at.null_count),
                                static_cast<double>(at.validity), static_cast<double>(at.offsets),
                                static_cast<double>(at.data), static_cast<double>(at.data_bytes)}) {
      *to++ = number;
    }
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("rows", static_cast<double>(batch.rows()));
  object.Set("byteLength", static_cast<double>(batch.byte_length()));
  object.Set("layout", numbers);
  return object;
}

Napi::Error failure_error(Napi::Env env, const WalkFailure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("errno", Napi::Number::New(env, failure.error));
  constexpr std::array of{"walk", "spill", "spill-limit"};
  error.Set("of", Napi::String::New(env, of.at(static_cast<size_t>(failure.of))));
  return error;
}

// How much heavier than it is a slab counts for the garbage collector. V8 starts to collect when 64 MiB
// of external memory have come since the last time: with this weight, when half of that has, some forty
// batches of the usual size. With more weight those in flight alone are nearly that much, and V8 goes
// through its whole heap again and again. Slabs that die young go without that (young-collection.ts); this
// is for those that somebody kept for a while.
constexpr int64_t slab_weight = 2;

// Tells V8 of the memory behind a slab. It does not count SharedArrayBuffers by itself, so without
// this the slabs of batches nobody holds any more would pile up until some other garbage is collected.
void account_slab(Napi::Env env, Napi::Uint8Array target) {
  const int64_t weight = static_cast<int64_t>(target.ByteLength()) * slab_weight;
  Napi::MemoryManagement::AdjustExternalMemory(env, weight);
  const auto release = [](napi_env finalizing, void* data, void*) {
    int64_t unused = 0;
    napi_adjust_external_memory(finalizing, -reinterpret_cast<int64_t>(data), &unused);
  };
  void* const data = reinterpret_cast<void*>(weight);
  if (napi_add_finalizer(env, target.ArrayBuffer(), data, release, nullptr, nullptr) != napi_ok) {
    release(env, data, nullptr);
  }
}

// Waits for a cancelled walk's threads on a thread of libuv's pool.
class EndWaiter : public Napi::AsyncWorker {
 public:
  EndWaiter(Napi::Env env, std::shared_ptr<Walk> walk)
      : Napi::AsyncWorker(env, "pwalk.close"), walk_(std::move(walk)), deferred_(env) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { walk_->wait_ended(std::chrono::steady_clock::now() + teardown_patience); }
  void OnOK() override { deferred_.Resolve(Env().Undefined()); }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  std::shared_ptr<Walk> walk_;
  Napi::Promise::Deferred deferred_;
};

}  // namespace

Napi::Function WalkObject::define(Napi::Env env) {
  return DefineClass(env, "NativeWalk",
                     {InstanceMethod<&WalkObject::next>("next"), InstanceMethod<&WalkObject::take>("take"),
                      InstanceMethod<&WalkObject::stop>("stop"), InstanceMethod<&WalkObject::remaining>("remaining"),
                      InstanceMethod<&WalkObject::close>("close"), InstanceMethod<&WalkObject::accounting>("accounting"),
                      InstanceMethod<&WalkObject::progress>("progress"), InstanceMethod<&WalkObject::notes>("notes")});
}

WalkObject::WalkObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WalkObject>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) throw Napi::TypeError::New(env, "options must be an object");
  WalkOptions options = options_from_js(info[0].As<Napi::Object>());
  waker_ = Waker::create(env, [this](Napi::Env callback_env) { on_wake(callback_env); });
  try {
    walk_ = Walk::start(std::move(options), [waker = waker_] { waker->wake(); });
  } catch (const std::exception& error) {
    waker_->close();
    throw Napi::Error::New(env, std::string("cannot start the walk: ") + error.what());
  }
  env.GetInstanceData<AddonData>()->walks.add(walk_);
}

WalkObject::~WalkObject() {
  if (waker_) waker_->close();
  if (walk_) walk_->cancel();
}

Napi::Value WalkObject::next(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (pending_) throw Napi::Error::New(env, "next() is pending already");
  if (announced_) walk_->recycle(std::move(announced_));
  const auto deferred = Napi::Promise::Deferred::New(env);
  if (!settle(env, deferred)) {
    pending_ = deferred;
    Ref();
    waker_->keep_loop_alive(env, true);
  }
  return deferred.Promise();
}

bool WalkObject::settle(Napi::Env env, const Napi::Promise::Deferred& deferred) {
  switch (walk_->poll(announced_)) {
    case BatchQueue::Poll::batch:
      deferred.Resolve(batch_object(env, *announced_));
      return true;
    case BatchQueue::Poll::armed:
      return false;
    case BatchQueue::Poll::ended:
      break;
  }
  if (const auto failure = walk_->failure()) {
    deferred.Reject(failure_error(env, *failure).Value());
  } else {
    deferred.Resolve(env.Null());
  }
  return true;
}

void WalkObject::on_wake(Napi::Env env) {
  if (!pending_) return;
  const Napi::HandleScope scope(env);
  if (!settle(env, *pending_)) return;
  pending_.reset();
  waker_->keep_loop_alive(env, false);
  Unref();
}

void WalkObject::take(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!announced_) throw Napi::Error::New(env, "take() needs a batch that next() announced and nobody took");
  if (!info[0].IsTypedArray() || info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw Napi::TypeError::New(env, "take() needs a Uint8Array");
  }
  auto target = info[0].As<Napi::Uint8Array>();
  if (target.ByteLength() < announced_->byte_length()) throw Napi::RangeError::New(env, "take() needs byteLength bytes");
  announced_->copy_to(target.Data());
  if (info[1].IsUndefined() || info[1].ToBoolean()) account_slab(env, target);
  walk_->recycle(std::move(announced_));
}

void WalkObject::stop(const Napi::CallbackInfo&) { walk_->stop(); }

Napi::Value WalkObject::remaining(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  try {
    const std::optional<std::string> bytes = walk_->remaining();
    return bytes ? Napi::Value(Napi::Buffer<char>::Copy(env, bytes->data(), bytes->size())) : env.Null();
  } catch (const SpillError& error) {
    throw failure_error(env, {error.error(), error.what(), WalkFailure::Of::spill});
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
}

Napi::Value WalkObject::close(const Napi::CallbackInfo& info) {
  walk_->cancel();
  auto* waiter = new EndWaiter(info.Env(), walk_);  // deletes itself when done
  const Napi::Promise promise = waiter->promise();
  waiter->Queue();
  return promise;
}

Napi::Value WalkObject::accounting(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Accounting books = walk_->accounting();
  Napi::Object object = Napi::Object::New(env);
  object.Set("read", static_cast<double>(books.read));
  object.Set("rows", static_cast<double>(books.rows));
  object.Set("vanished", static_cast<double>(books.vanished));
  object.Set("excluded", static_cast<double>(books.excluded));
  object.Set("types", number_array(env, books.types));
  object.Set("states", number_array(env, books.states));
  object.Set("bytes", Napi::BigInt::New(env, books.bytes));
  object.Set("clampedTimes", static_cast<double>(books.clamped_times));
  object.Set("violations", static_cast<double>(books.violations));
  return object;
}

Napi::Value WalkObject::progress(const Napi::CallbackInfo& info) {
  const WalkProgress now = walk_->progress();
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("rows", static_cast<double>(now.rows));
  object.Set("queuedDirectories", static_cast<double>(now.queued_items));
  object.Set("waitingBatches", static_cast<double>(now.waiting_batches));
  object.Set("blockedThreads", static_cast<double>(now.blocked_threads));
  object.Set("liveThreads", static_cast<double>(now.live_threads));
  object.Set("givenUpThreads", static_cast<double>(now.given_up_threads));
  const ConcurrencyControl::Chosen chosen = walk_->concurrency();
  object.Set("threads", static_cast<double>(chosen.threads));
  object.Set("peakThreads", static_cast<double>(chosen.peak_threads));
  object.Set("statChunk", static_cast<double>(chosen.stat_chunk));
  object.Set("callNanoseconds", static_cast<double>(chosen.call_time.count()));
  object.Set("spilledBytes", static_cast<double>(now.spilled_bytes));
  return object;
}

Napi::Value WalkObject::notes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const WalkNotes::Contents notes = walk_->notes();
  const auto bytes = [env](const std::string& text) { return Napi::Buffer<char>::Copy(env, text.data(), text.size()); };
  Napi::Array degraded = Napi::Array::New(env, notes.degraded.size());
  for (size_t i = 0; i < notes.degraded.size(); ++i) {
    Napi::Object mount = Napi::Object::New(env);
    mount.Set("path", bytes(notes.degraded[i].path));
    mount.Set("errno", notes.degraded[i].error);
    degraded.Set(static_cast<uint32_t>(i), mount);
  }
  Napi::Array slow = Napi::Array::New(env, notes.slow_calls.size());
  for (size_t i = 0; i < notes.slow_calls.size(); ++i) {
    const WalkNotes::SlowCall& call = notes.slow_calls[i];
    Napi::Object object = Napi::Object::New(env);
    object.Set("operation", static_cast<double>(call.operation));
    object.Set("path", bytes(call.path));
    object.Set("mountPoint", bytes(call.mount_point));
    object.Set("mountType", call.mount_type);
    object.Set("seconds", call.seconds);
    object.Set("givenUp", call.given_up);
    slow.Set(static_cast<uint32_t>(i), object);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("scopeByDevice", notes.scope_by_device);
  object.Set("snapshotLookalikes", static_cast<double>(notes.snapshot_lookalikes));
  object.Set("firstLookalike", bytes(notes.first_lookalike));
  object.Set("unexpectedErrors", static_cast<double>(notes.unexpected_errors));
  object.Set("firstUnexpected", notes.first_unexpected);
  object.Set("degraded", degraded);
  object.Set("slowCalls", slow);
  return object;
}

}  // namespace pwalk
