#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pwalk {

// One column of a batch in Arrow's columnar layout, borrowed: whoever hands it over keeps the memory
// alive and unchanged for as long as the view is used.
// Source: https://arrow.apache.org/docs/format/Columnar.html
struct ColumnView {
  // One bit per row, least significant first; empty when no row is null.
  std::span<const std::uint8_t> validity;
  // Numbers and codes: one per row. Booleans: one bit per row. Text and bytes: rows + 1 int32 offsets.
  std::span<const std::uint8_t> data;
  // Text and bytes only: what the offsets point into.
  std::span<const std::uint8_t> bytes;

  bool is_valid(std::size_t row) const noexcept {
    return validity.empty() || ((validity[row >> 3] >> (row & 7)) & 1) != 0;
  }
  bool bit(std::size_t row) const noexcept { return ((data[row >> 3] >> (row & 7)) & 1) != 0; }
  template <class T>
  const T* values() const noexcept {
    return reinterpret_cast<const T*>(data.data());
  }
  std::string_view text(std::size_t row) const noexcept {
    const auto* offsets = values<std::int32_t>();
    return {reinterpret_cast<const char*>(bytes.data()) + offsets[row],
            static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
  }
};

inline bool validity_is_sound(const ColumnView& column, std::size_t rows) noexcept {
  return column.validity.empty() || column.validity.size() >= (rows + 7) / 8;
}

inline bool bits_are_sound(const ColumnView& column, std::size_t rows) noexcept {
  return validity_is_sound(column, rows) && column.data.size() >= (rows + 7) / 8;
}

// True when `values<T>()` has a value for each of the rows.
template <class T>
bool values_are_sound(const ColumnView& column, std::size_t rows) noexcept {
  return validity_is_sound(column, rows) && column.data.size() / sizeof(T) >= rows;
}

// True when `text(row)` lies inside `bytes` for each of the rows.
inline bool text_is_sound(const ColumnView& column, std::size_t rows) noexcept {
  if (!validity_is_sound(column, rows)) return false;
  if (rows == 0) return true;
  if (column.data.size() / sizeof(std::int32_t) < rows + 1) return false;
  const auto* offsets = column.values<std::int32_t>();
  bool ascending = offsets[0] >= 0;
  for (std::size_t row = 0; row < rows; ++row) ascending &= offsets[row] <= offsets[row + 1];
  return ascending && static_cast<std::size_t>(offsets[rows]) <= column.bytes.size();
}

}  // namespace pwalk
