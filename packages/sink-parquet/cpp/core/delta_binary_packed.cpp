#include "core/delta_binary_packed.hpp"

#include <algorithm>
#include <array>

#include "core/rle_hybrid.hpp"

namespace pwalk::parquet {
namespace {

constexpr std::size_t block_values = 128;
constexpr std::size_t miniblocks = 4;
constexpr std::size_t miniblock_values = block_values / miniblocks;

// 32 values of `width` bits each are always whole 32-bit words: 4 * width bytes.
template <class U>
void pack_miniblock(const U* values, unsigned width, ByteBuffer& out) {
  std::uint8_t* to = out.reserve(4 * width + 8);
  std::uint64_t pending = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < miniblock_values; ++i) {
    const std::uint64_t value = values[i];
    pending |= value << bits;
    bits += width;
    if (bits >= 64) {
      std::memcpy(to, &pending, 8);
      to += 8;
      bits -= 64;
      // What did not fit. A shift by the whole width would be undefined, and nothing is left then.
      pending = bits == 0 ? 0 : value >> (width - bits);
    }
  }
  std::memcpy(to, &pending, 8);
  out.commit(4 * width);
}

template <class U, class Signed>
void encode(std::span<const U> values, ByteBuffer& out) {
  out.append_varint(block_values);
  out.append_varint(miniblocks);
  out.append_varint(values.size());
  out.append_zigzag(values.empty() ? 0 : static_cast<Signed>(values[0]));
  std::array<U, block_values> deltas;
  for (std::size_t from = 1; from < values.size(); from += block_values) {
    const std::size_t count = std::min(block_values, values.size() - from);
    auto smallest = static_cast<Signed>(values[from] - values[from - 1]);
    for (std::size_t i = 0; i < count; ++i) {
      deltas[i] = values[from + i] - values[from + i - 1];
      smallest = std::min(smallest, static_cast<Signed>(deltas[i]));
    }
    out.append_zigzag(smallest);
    std::array<U, miniblocks> bits{};
    for (std::size_t i = 0; i < count; ++i) {
      deltas[i] -= static_cast<U>(smallest);
      bits[i / miniblock_values] |= deltas[i];
    }
    std::fill(deltas.begin() + static_cast<std::ptrdiff_t>(count), deltas.end(), U{0});
    for (const U mask : bits) out.append_byte(static_cast<std::uint8_t>(bit_width(mask)));
    // A miniblock without a value has width 0, and so no bytes.
    for (std::size_t i = 0; i < miniblocks; ++i) {
      pack_miniblock(deltas.data() + i * miniblock_values, bit_width(bits[i]), out);
    }
  }
}

}  // namespace

void encode_delta_binary_packed(std::span<const std::uint32_t> values, ByteBuffer& out) {
  encode<std::uint32_t, std::int32_t>(values, out);
}

void encode_delta_binary_packed(std::span<const std::uint64_t> values, ByteBuffer& out) {
  encode<std::uint64_t, std::int64_t>(values, out);
}

}  // namespace pwalk::parquet
