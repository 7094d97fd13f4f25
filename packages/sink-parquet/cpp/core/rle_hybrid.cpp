#include "core/rle_hybrid.hpp"

namespace pwalk::parquet {
namespace {

// Runs shorter than this are cheaper packed.
constexpr std::size_t shortest_run = 8;
// Equal bytes (8 bits each) that are worth a run of their own.
constexpr std::size_t shortest_byte_run = 4;

void append_run(std::uint32_t value, std::size_t count, unsigned width, ByteBuffer& out) {
  out.append_varint(static_cast<std::uint64_t>(count) << 1);
  out.append(&value, (width + 7) / 8);
}

void append_packed(std::span<const std::uint32_t> values, unsigned width, ByteBuffer& out) {
  if (values.empty()) return;
  const std::size_t groups = (values.size() + 7) / 8;
  out.append_varint(groups << 1 | 1);
  const std::size_t size = groups * width;
  std::uint8_t* to = out.reserve(size + 8);
  std::uint64_t pending = 0;
  unsigned bits = 0;
  for (const std::uint32_t value : values) {
    pending |= static_cast<std::uint64_t>(value) << bits;
    bits += width;
    if (bits >= 32) {
      const auto word = static_cast<std::uint32_t>(pending);
      std::memcpy(to, &word, 4);
      to += 4;
      pending >>= 32;
      bits -= 32;
    }
  }
  // Values missing from the last group are zeros.
  const std::uint8_t* end = out.data() + out.size() + size;
  while (to < end) {
    *to++ = static_cast<std::uint8_t>(pending);
    pending >>= 8;
  }
  out.commit(size);
}

}  // namespace

void encode_rle_hybrid(std::span<const std::uint32_t> values, unsigned width, ByteBuffer& out) {
  std::size_t packed_from = 0;
  std::size_t at = 0;
  while (at < values.size()) {
    const std::uint32_t value = values[at];
    std::size_t end = at + 1;
    while (end < values.size() && values[end] == value) ++end;
    if (end - at >= shortest_run) {
      // A packed stretch before a run ends on a whole group: the run lends what is missing.
      const std::size_t lent = (8 - (at - packed_from) % 8) % 8;
      if (end - at - lent >= shortest_run) {
        append_packed(values.subspan(packed_from, at + lent - packed_from), width, out);
        append_run(value, end - at - lent, width, out);
        packed_from = end;
      }
    }
    at = end;
  }
  append_packed(values.subspan(packed_from), width, out);
}

void encode_rle_bits(const std::uint8_t* bits, std::size_t count, ByteBuffer& out) {
  const std::size_t size = (count + 7) / 8;
  const std::size_t whole = count / 8;
  std::size_t packed_from = 0;
  const auto append_bytes = [&](std::size_t end) {
    if (end == packed_from) return;
    out.append_varint((end - packed_from) << 1 | 1);
    out.append(bits + packed_from, end - packed_from);
  };
  std::size_t at = 0;
  while (at < whole) {
    const std::uint8_t byte = bits[at];
    if (byte != 0x00 && byte != 0xFF) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < whole && bits[end] == byte) ++end;
    if (end - at >= shortest_byte_run) {
      append_bytes(at);
      append_run(byte & 1, (end - at) * 8, 1, out);
      packed_from = end;
    }
    at = end;
  }
  append_bytes(size);
}

void encode_rle_run(bool bit, std::size_t count, ByteBuffer& out) {
  if (count > 0) append_run(bit ? 1 : 0, count, 1, out);
}

}  // namespace pwalk::parquet
