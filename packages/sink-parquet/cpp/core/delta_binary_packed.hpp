#pragma once

#include <cstdint>
#include <span>

#include "core/byte_buffer.hpp"

namespace pwalk::parquet {

// Appends integers as differences to their predecessor, 128 to a block, each quarter of a block in
// the fewest bits its differences need. Differences wrap around, so every value is representable.
// Source: Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
void encode_delta_binary_packed(std::span<const std::uint32_t> values, ByteBuffer& out);
void encode_delta_binary_packed(std::span<const std::uint64_t> values, ByteBuffer& out);

}  // namespace pwalk::parquet
