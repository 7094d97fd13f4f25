#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "pwalk/column_view.hpp"

namespace pwalk::csv {

// Owns the memory of a column, each buffer of exactly the size it must have, so that a sanitizer sees
// every access beyond it. Nothing stands for null.
class SampleColumn {
 public:
  template <class T>
  static SampleColumn of_numbers(const std::vector<std::optional<T>>& values) {
    SampleColumn column(values.size());
    for (std::size_t row = 0; row < values.size(); ++row) {
      column.append(values[row].value_or(T{}));
      column.set(column.validity_, row, values[row].has_value());
    }
    return column;
  }

  static SampleColumn of_texts(const std::vector<std::optional<std::string>>& values) {
    SampleColumn column(values.size());
    column.append(std::int32_t{0});
    for (std::size_t row = 0; row < values.size(); ++row) {
      const std::string text = values[row].value_or("");
      column.bytes_.insert(column.bytes_.end(), text.begin(), text.end());
      column.append(static_cast<std::int32_t>(column.bytes_.size()));
      column.set(column.validity_, row, values[row].has_value());
    }
    return column;
  }

  static SampleColumn of_bits(const std::vector<std::optional<bool>>& values) {
    SampleColumn column(values.size());
    column.data_.resize((values.size() + 7) / 8);
    for (std::size_t row = 0; row < values.size(); ++row) {
      column.set(column.data_, row, values[row].value_or(false));
      column.set(column.validity_, row, values[row].has_value());
    }
    return column;
  }

  ColumnView view() const noexcept { return {validity_, data_, bytes_}; }

 private:
  explicit SampleColumn(std::size_t rows) : validity_((rows + 7) / 8) {}

  static void set(std::vector<std::uint8_t>& bits, std::size_t row, bool value) {
    if (value) bits[row / 8] |= static_cast<std::uint8_t>(1u << (row % 8));
  }

  template <class T>
  void append(T value) {
    const std::size_t size = data_.size();
    data_.resize(size + sizeof value);
    std::memcpy(data_.data() + size, &value, sizeof value);
  }

  std::vector<std::uint8_t> validity_;
  std::vector<std::uint8_t> data_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace pwalk::csv
