#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/byte_buffer.hpp"

namespace pwalk::parquet {

// Numbers distinct values 0, 1, 2, … in the order they first appear, and keeps them in PLAIN encoding,
// which is what a dictionary page holds.
// Source: Encodings.md, "Dictionary Encoding (PLAIN_DICTIONARY = 2 and RLE_DICTIONARY = 8)".
//
// Open addressing with linear probing, at most half full; a slot holds the value's number + 1, or 0.
// `U` is the unsigned integer of the physical type's width.
template <class U>
class IntegerDictionary {
 public:
  IntegerDictionary();

  // The number of `value`, which is added when it is new.
  std::uint32_t number_of(U value) {
    // Neighbouring rows often share a value.
    if (value == last_ && !values_.empty()) return last_number_;
    last_ = value;
    return last_number_ = find_or_add(value);
  }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(values_.size()); }
  std::size_t plain_bytes() const noexcept { return values_.size() * sizeof(U); }
  void append_plain(ByteBuffer& out) const { out.append(values_.data(), plain_bytes()); }
  void clear();

 private:
  std::uint32_t find_or_add(U value);
  void rehash(std::size_t slots);

  std::vector<U> values_;
  std::vector<std::uint32_t> slots_;
  unsigned shift_ = 0;
  U last_ = 0;
  std::uint32_t last_number_ = 0;
};

extern template class IntegerDictionary<std::uint32_t>;
extern template class IntegerDictionary<std::uint64_t>;

// The same for byte strings.
class BytesDictionary {
 public:
  BytesDictionary();

  std::uint32_t number_of(std::string_view value);
  std::string_view value(std::uint32_t number) const noexcept {
    const Entry& entry = entries_[number];
    return plain_.view().substr(entry.begin, entry.length);
  }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(entries_.size()); }
  std::size_t plain_bytes() const noexcept { return plain_.size(); }
  void append_plain(ByteBuffer& out) const { out.append(plain_.view()); }
  void clear();

 private:
  struct Entry {
    std::uint64_t hash;
    std::uint32_t begin;
    std::uint32_t length;
  };

  void rehash(std::size_t slots);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;
  ByteBuffer plain_;
  std::uint32_t last_number_ = 0;
};

}  // namespace pwalk::parquet
