#pragma once

#include <cstdint>
#include <span>

#include "core/byte_buffer.hpp"

namespace pwalk::parquet {

// Bits needed to write any number up to and including `largest`.
constexpr unsigned bit_width(std::uint64_t largest) noexcept {
  return static_cast<unsigned>(std::bit_width(largest));
}

// Appends `values`, each below 2^width (1 to 32), as the RLE / bit-packing hybrid, without a length.
// Source: Encodings.md, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
void encode_rle_hybrid(std::span<const std::uint32_t> values, unsigned width, ByteBuffer& out);

// The same for `count` one-bit values that are packed already, least significant bit first. Bits of
// the last byte past `count` must be 0.
void encode_rle_bits(const std::uint8_t* bits, std::size_t count, ByteBuffer& out);

// The same for `count` times the same bit.
void encode_rle_run(bool bit, std::size_t count, ByteBuffer& out);

}  // namespace pwalk::parquet
