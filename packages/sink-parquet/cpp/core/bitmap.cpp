#include "core/bitmap.hpp"

namespace pwalk::parquet {

void Bitmap::add_ones(std::size_t count) {
  while (count > 0 && size_ % 8 != 0) {
    add(true);
    --count;
  }
  if (const std::size_t whole = count / 8; whole > 0) {
    std::memset(bytes_.reserve(whole), 0xFF, whole);
    bytes_.commit(whole);
    size_ += whole * 8;
    ones_ += whole * 8;
  }
  for (count %= 8; count > 0; --count) add(true);
}

void Bitmap::add_bits(const std::uint8_t* bits, std::size_t from, std::size_t count) {
  if (size_ % 8 == 0 && from % 8 == 0) {
    const std::size_t whole = count / 8;
    const std::uint8_t* bytes = bits + from / 8;
    bytes_.append(bytes, whole);
    for (std::size_t i = 0; i < whole; ++i) ones_ += static_cast<std::size_t>(std::popcount(bytes[i]));
    size_ += whole * 8;
    from += whole * 8;
    count -= whole * 8;
  }
  for (std::size_t i = from; i < from + count; ++i) add(((bits[i >> 3] >> (i & 7)) & 1) != 0);
}

}  // namespace pwalk::parquet
