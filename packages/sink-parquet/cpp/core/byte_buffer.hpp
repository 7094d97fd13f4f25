#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

namespace pwalk::parquet {

static_assert(std::endian::native == std::endian::little, "Parquet is little-endian, and so is this encoder");

// Bytes that only grow, until `clear` (which keeps the memory for the next page). Unlike a vector it
// does not zero what is about to be overwritten. Pointers into it die with the next append.
class ByteBuffer {
 public:
  const std::uint8_t* data() const noexcept { return bytes_.get(); }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t capacity() const noexcept { return capacity_; }
  void clear() noexcept { size_ = 0; }
  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.get()), size_};
  }

  // Room for `count` bytes at the end; `commit` says how many of them were used.
  std::uint8_t* reserve(std::size_t count) {
    if (capacity_ - size_ < count) grow(count);
    return bytes_.get() + size_;
  }
  void commit(std::size_t count) noexcept { size_ += count; }

  void append(const void* bytes, std::size_t count) {
    if (count == 0) return;
    std::memcpy(reserve(count), bytes, count);
    size_ += count;
  }
  void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }

  template <class T>
    requires std::is_trivially_copyable_v<T>
  void append_value(T value) {
    append(&value, sizeof value);
  }

  void append_byte(std::uint8_t byte) { append_value(byte); }

  // ULEB128, as Thrift's compact protocol and Parquet's encodings use it.
  void append_varint(std::uint64_t value) {
    std::uint8_t* out = reserve(10);
    std::size_t count = 0;
    while (value >= 0x80) {
      out[count++] = static_cast<std::uint8_t>(value) | 0x80;
      value >>= 7;
    }
    out[count++] = static_cast<std::uint8_t>(value);
    commit(count);
  }

  void append_zigzag(std::int64_t value) {
    append_varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }

  // Overwrites a value written before.
  template <class T>
    requires std::is_trivially_copyable_v<T>
  void put_at(std::size_t position, T value) noexcept {
    std::memcpy(bytes_.get() + position, &value, sizeof value);
  }

 private:
  void grow(std::size_t count) {
    const std::size_t capacity = std::max(size_ + count, capacity_ + capacity_ / 2 + 256);
    // Large pieces of memory grow where they are, or are mapped elsewhere: old and new are not there at once.
    void* bytes = std::realloc(bytes_.get(), capacity);
    if (bytes == nullptr) throw std::bad_alloc();
    static_cast<void>(bytes_.release());
    bytes_.reset(static_cast<std::uint8_t*>(bytes));
    capacity_ = capacity;
  }

  struct Free {
    void operator()(std::uint8_t* bytes) const noexcept { std::free(bytes); }
  };

  std::unique_ptr<std::uint8_t[], Free> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace pwalk::parquet
