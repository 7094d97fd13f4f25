#include "napi/dey.hpp"

#include <memory>
#include <optional>

#include "core/dey_encoder.hpp"
#include "napi/encode_in_pool.hpp"
#include "pwalk/napi/memory.hpp"

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

class DeyShell : public Napi::ObjectWrap<DeyShell> {
 public:
  explicit DeyShell(const Napi::CallbackInfo& info)
      : ObjectWrap(info), encoder_(read_options(info[0].As<Napi::Object>())) {}

  // (rows, parts, row, chunk)
  Napi::Value encode(const Napi::CallbackInfo& info) {
    const DeyBatch batch = read_batch(info[0].As<Napi::Number>().Uint32Value(), info[1].As<Napi::Array>());
    return encode_in_pool(
        info, [encoder = encoder_, batch](std::uint32_t row, std::span<char> chunk) -> std::optional<Encoded> {
          if (!is_sound(batch)) return std::nullopt;
          return encoder->encode(batch, row, chunk);
        });
  }

 private:
  std::shared_ptr<const DeyEncoder> encoder_;
};

}  // namespace

Napi::Function define_dey_encoder(Napi::Env env) {
  return DeyShell::DefineClass(env, "DeyEncoder", {DeyShell::InstanceMethod<&DeyShell::encode>("encode")});
}

}  // namespace pwalk::csv
