#pragma once

#include <napi.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "core/encoded.hpp"
#include "pwalk/napi/memory.hpp"
#include "pwalk/napi/pool_work.hpp"

namespace pwalk::csv {

// The method `encode(rows, parts, row, chunk): Promise<{ next, printed, altered, bytes }>` of an
// encoder. `encode(row, chunk)` runs in the pool, with the memory of `parts` and `chunk` held; without
// a result the promise rejects with EBADMSG: the buffers contradict each other.
template <class Encode>
Napi::Value encode_in_pool(const Napi::CallbackInfo& info, Encode encode) {
  const std::uint32_t row = info[2].As<Napi::Number>().Uint32Value();
  const auto memory = napi::memory_of(info[3]);
  const std::span<char> chunk{reinterpret_cast<char*>(memory.data()), memory.size()};
  Napi::Array keep = Napi::Array::New(info.Env());
  keep.Set(0u, info[1]);
  keep.Set(1u, info[3]);
  return napi::run_in_pool(
      keep, [encode = std::move(encode), row, chunk]() -> std::optional<Encoded> { return encode(row, chunk); },
      [](Napi::Env env, const std::optional<Encoded>& encoded) -> Napi::Value {
        if (!encoded) throw napi::system_error(env, EBADMSG);
        Napi::Object object = Napi::Object::New(env);
        object.Set("next", encoded->next);
        object.Set("printed", encoded->printed);
        object.Set("altered", encoded->altered);
        object.Set("bytes", static_cast<double>(encoded->bytes));
        return object;
      });
}

}  // namespace pwalk::csv
