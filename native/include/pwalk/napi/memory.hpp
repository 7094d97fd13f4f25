#pragma once

#include <napi.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pwalk/column_view.hpp"

namespace pwalk::napi {

// The memory of a typed array, in an ArrayBuffer or a SharedArrayBuffer. Asking for it also moves
// small arrays out of the reach of the garbage collector, which moves what lies in its heap.
inline std::span<std::uint8_t> memory_of(const Napi::Value& value) {
  const Napi::Env env = value.Env();
  if (!value.IsTypedArray()) throw Napi::TypeError::New(env, "a buffer is not a typed array");
  napi_typedarray_type type;
  std::size_t length = 0;
  void* data = nullptr;
  napi_value buffer;
  std::size_t offset = 0;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, &buffer, &offset) != napi_ok) {
    throw Napi::Error::New(env);
  }
  constexpr std::array<std::size_t, 11> widths{1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
  const auto kind = static_cast<std::size_t>(type);
  if (kind >= widths.size()) throw Napi::TypeError::New(env, "a buffer has an unknown element type");
  return {static_cast<std::uint8_t*>(data), length * widths[kind]};
}

// One column out of three values in a row: validity or null; values, codes, bits or offsets; bytes
// or null.
inline ColumnView column_of(const Napi::Array& parts, std::uint32_t first) {
  const auto optional = [](const Napi::Value& value) {
    return value.IsNull() ? std::span<std::uint8_t>{} : memory_of(value);
  };
  return {optional(parts.Get(first)), memory_of(parts.Get(first + 1)), optional(parts.Get(first + 2))};
}

}  // namespace pwalk::napi
