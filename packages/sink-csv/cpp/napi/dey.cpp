#include "napi/dey.hpp"

#include <cerrno>
#include <memory>
#include <optional>

#include "core/dey_encoder.hpp"
#include "pwalk/napi/memory.hpp"
#include "pwalk/napi/pool_work.hpp"

namespace pwalk::csv {
namespace {

std::shared_ptr<const DeyEncoder> read_options(const Napi::Object& options) {
  std::vector<std::string> roots;
  const auto given = options.Get("slashRoots").As<Napi::Array>();
  for (std::uint32_t i = 0; i < given.Length(); ++i) {
    const auto root = napi::memory_of(given.Get(i));
    roots.emplace_back(root.begin(), root.end());
  }
  std::bitset<256> states;
  for (const std::uint8_t code : napi::memory_of(options.Get("printedStates"))) states.set(code);
  return std::make_shared<const DeyEncoder>(std::move(roots), states);
}

DeyBatch read_batch(std::uint32_t rows, const Napi::Array& parts) {
  if (parts.Length() != column_count * 3) {
    throw Napi::RangeError::New(parts.Env(), "a batch has another number of columns");
  }
  DeyBatch batch{rows, {}};
  for (std::uint32_t i = 0; i < column_count; ++i) batch.columns[i] = napi::column_of(parts, i * 3);
  return batch;
}

Napi::Value to_object(Napi::Env env, const std::optional<Encoded>& encoded) {
  if (!encoded) throw napi::system_error(env, EBADMSG);
  Napi::Object object = Napi::Object::New(env);
  object.Set("next", encoded->next);
  object.Set("printed", encoded->printed);
  object.Set("altered", encoded->altered);
  object.Set("bytes", static_cast<double>(encoded->bytes));
  return object;
}

class DeyShell : public Napi::ObjectWrap<DeyShell> {
 public:
  explicit DeyShell(const Napi::CallbackInfo& info)
      : ObjectWrap(info), encoder_(read_options(info[0].As<Napi::Object>())) {}

  // (rows, parts, row, chunk)
  Napi::Value encode(const Napi::CallbackInfo& info) {
    const DeyBatch batch = read_batch(info[0].As<Napi::Number>().Uint32Value(), info[1].As<Napi::Array>());
    const std::uint32_t row = info[2].As<Napi::Number>().Uint32Value();
    const auto memory = napi::memory_of(info[3]);
    const std::span<char> chunk{reinterpret_cast<char*>(memory.data()), memory.size()};
    Napi::Array keep = Napi::Array::New(info.Env());
    keep.Set(0u, info[1]);
    keep.Set(1u, info[3]);
    return napi::run_in_pool(
        keep,
        [encoder = encoder_, batch, row, chunk]() -> std::optional<Encoded> {
          if (!is_sound(batch)) return std::nullopt;
          return encoder->encode(batch, row, chunk);
        },
        to_object);
  }

 private:
  std::shared_ptr<const DeyEncoder> encoder_;
};

}  // namespace

Napi::Function define_dey_encoder(Napi::Env env) {
  return DeyShell::DefineClass(env, "DeyEncoder", {DeyShell::InstanceMethod<&DeyShell::encode>("encode")});
}

}  // namespace pwalk::csv
