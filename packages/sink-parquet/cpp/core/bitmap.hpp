#pragma once

#include <cstdint>

#include "core/byte_buffer.hpp"

namespace pwalk::parquet {

// Bits in the order they are appended, least significant first; bits past the last are 0.
class Bitmap {
 public:
  std::size_t size() const noexcept { return size_; }
  std::size_t ones() const noexcept { return ones_; }
  const std::uint8_t* data() const noexcept { return bytes_.data(); }
  std::size_t bytes() const noexcept { return bytes_.size(); }
  void clear() noexcept {
    bytes_.clear();
    size_ = ones_ = 0;
  }

  void add(bool bit) {
    if (size_ % 8 == 0) bytes_.append_byte(0);
    if (bit) set(size_);
    ++size_;
    ones_ += bit ? 1 : 0;
  }
  void add_ones(std::size_t count);
  // Bits `from` to `from + count` of `bits`.
  void add_bits(const std::uint8_t* bits, std::size_t from, std::size_t count);

 private:
  void set(std::size_t at) noexcept {
    bytes_.put_at(at / 8, static_cast<std::uint8_t>(bytes_.data()[at / 8] | 1u << (at % 8)));
  }

  ByteBuffer bytes_;
  std::size_t size_ = 0;
  std::size_t ones_ = 0;
};

}  // namespace pwalk::parquet
