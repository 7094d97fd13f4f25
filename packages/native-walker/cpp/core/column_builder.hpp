// One column of a batch under construction, in Arrow's layout: data, offsets where values vary in
// length, and a validity bitmap that is handed on only when a value is null. Memory is kept from
// batch to batch and its pages are touched only as far as rows go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "core/columns.hpp"

namespace pwalk {

// Bytes that grow; never zeroed, never shrunk.
class ByteBuffer {
 public:
  uint8_t* data() { return bytes_.get(); }
  const uint8_t* data() const { return bytes_.get(); }
  size_t capacity() const { return capacity_; }

  // Room for `size` bytes; the first `used` are kept.
  void reserve(size_t size, size_t used) {
    if (size <= capacity_) return;
    const size_t grown = size > capacity_ * 2 ? size : capacity_ * 2;
    auto bytes = std::make_unique_for_overwrite<uint8_t[]>(grown);
    if (used != 0) std::memcpy(bytes.get(), bytes_.get(), used);
    bytes_ = std::move(bytes);
    capacity_ = grown;
  }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  size_t capacity_ = 0;
};

// Bit n of the bitmap is row n. A column is mostly null (`sparse`: only a few rows have a value) or
// mostly not; the bitmap starts accordingly and rows that differ flip their bit.
class Validity {
 public:
  Validity(size_t rows, bool sparse) : sparse_(sparse), size_((rows + 7) / 8) {
    bits_.reserve(size_, 0);
    reset();
  }
  void reset() {
    if (size_ != 0) std::memset(bits_.data(), sparse_ ? 0 : 0xFF, size_);
    flipped_ = 0;
  }
  void flip(size_t row) {
    bits_.data()[row / 8] = static_cast<uint8_t>(bits_.data()[row / 8] ^ (1U << (row % 8)));
    ++flipped_;
  }
  size_t null_count(size_t rows) const { return sparse_ ? rows - flipped_ : flipped_; }
  const uint8_t* data() const { return bits_.data(); }

 private:
  bool sparse_;
  size_t size_;
  size_t flipped_ = 0;
  ByteBuffer bits_;
};

// A column whose values have one width. Disabled columns ignore what they are given. Null rows hold
// zero.
template <class T>
class FixedColumn {
 public:
  FixedColumn(bool enabled, size_t rows, bool sparse)
      : validity_(enabled ? rows : 0, sparse), enabled_(enabled), sparse_(sparse) {
    if (enabled) data_.reserve(rows * sizeof(T), 0);
  }

  bool enabled() const { return enabled_; }
  void reset() {
    validity_.reset();
    filled_ = 0;
  }
  // Dense columns: every row is put or put_null; sparse ones: only rows that have a value are put.
  void put(size_t row, T value) {
    if (!enabled_) return;
    if (sparse_) {
      fill_to(row);
      filled_ = row + 1;
      validity_.flip(row);
    }
    std::memcpy(data_.data() + row * sizeof(T), &value, sizeof(T));
  }
  void put_null(size_t row) {
    if (!enabled_ || sparse_) return;
    std::memset(data_.data() + row * sizeof(T), 0, sizeof(T));
    validity_.flip(row);
  }
  // Sparse columns: the rows up to `rows` that were not put are zero.
  void fill_to(size_t rows) {
    if (!enabled_ || !sparse_ || rows <= filled_) return;
    std::memset(data_.data() + filled_ * sizeof(T), 0, (rows - filled_) * sizeof(T));
    filled_ = rows;
  }

  const uint8_t* data() const { return data_.data(); }
  const Validity& validity() const { return validity_; }

 private:
  Validity validity_;
  ByteBuffer data_;
  size_t filled_ = 0;
  bool enabled_;
  bool sparse_;
};

// Booleans, a bit per row; dense.
class BitColumn {
 public:
  BitColumn(bool enabled, size_t rows) : validity_(enabled ? rows : 0, false), size_(enabled ? (rows + 7) / 8 : 0) {
    bits_.reserve(size_, 0);
    reset();
  }

  bool enabled() const { return size_ != 0; }
  void reset() {
    if (!enabled()) return;
    validity_.reset();
    std::memset(bits_.data(), 0, size_);
  }
  void put(size_t row, bool value) {
    if (!enabled() || !value) return;
    bits_.data()[row / 8] = static_cast<uint8_t>(bits_.data()[row / 8] | (1U << (row % 8)));
  }
  void put_null(size_t row) {
    if (enabled()) validity_.flip(row);
  }

  const uint8_t* data() const { return bits_.data(); }
  const Validity& validity() const { return validity_; }

 private:
  Validity validity_;
  ByteBuffer bits_;
  size_t size_;
};

// Text or bytes: row n is data[offsets[n] .. offsets[n + 1]].
class VariableColumn {
 public:
  VariableColumn(bool enabled, size_t rows, bool sparse)
      : validity_(enabled ? rows : 0, sparse), rows_(enabled ? rows : 0), sparse_(sparse) {
    if (enabled) offsets_.reserve((rows + 1) * sizeof(int32_t), 0);
    reset();
  }

  bool enabled() const { return rows_ != 0; }
  size_t size() const { return size_; }
  void reset() {
    size_ = 0;
    filled_ = 0;
    if (!enabled()) return;
    validity_.reset();
    set_offset(0);
  }

  // The value of `row` is what the pieces make when put together. Rows left out are empty (and null
  // in sparse columns).
  void put(size_t row, std::string_view first, std::string_view second = {}, std::string_view third = {}) {
    if (!enabled()) return;
    fill_to(row);
    const size_t grown = size_ + first.size() + second.size() + third.size();
    bytes_.reserve(grown, size_);
    uint8_t* to = bytes_.data() + size_;
    for (const std::string_view piece : {first, second, third}) {
      if (!piece.empty()) std::memcpy(to, piece.data(), piece.size());
      to += piece.size();
    }
    size_ = grown;
    set_offset(row + 1);
    if (sparse_) validity_.flip(row);
  }

  // Offsets of the rows up to `rows`, which end where the last value does.
  void fill_to(size_t rows) {
    while (filled_ < rows) set_offset(filled_ + 1);
  }

  const uint8_t* data() const { return bytes_.data(); }
  const uint8_t* offsets() const { return offsets_.data(); }
  const Validity& validity() const { return validity_; }

 private:
  void set_offset(size_t row) {
    const auto offset = static_cast<int32_t>(size_);
    std::memcpy(offsets_.data() + row * sizeof(int32_t), &offset, sizeof(int32_t));
    filled_ = row;
  }

  Validity validity_;
  ByteBuffer offsets_;
  ByteBuffer bytes_;
  size_t rows_;
  size_t size_ = 0;
  size_t filled_ = 0;  // offsets[0 .. filled_] are written
  bool sparse_;
};

}  // namespace pwalk
