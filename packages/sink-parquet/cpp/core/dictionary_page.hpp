#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/byte_buffer.hpp"
#include "core/rle_hybrid.hpp"

namespace pwalk::parquet {

// Appends the numbers of a page's values in a dictionary that has `entries` by now: one byte that
// states their width, then the hybrid. Later pages may be wider.
// Source: Encodings.md, "Dictionary Encoding", data page format.
inline void append_numbers(std::span<const std::uint32_t> numbers, std::uint32_t entries, ByteBuffer& out) {
  // A width of 0 would do for one entry, but not every reader expects it.
  const unsigned width = std::max(1u, bit_width(entries - 1));
  out.append_byte(static_cast<std::uint8_t>(width));
  encode_rle_hybrid(numbers, width, out);
}

// A first page that is mostly distinct values says that a dictionary will not pay. Tiny pages say nothing.
constexpr bool does_not_pay(std::uint32_t entries, std::size_t values) noexcept {
  return values >= 1024 && entries > values / 2;
}

}  // namespace pwalk::parquet
