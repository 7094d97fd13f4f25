#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/schema.hpp"

namespace pwalk::parquet {

// One column of a batch in Arrow's columnar layout, borrowed: whoever hands it over keeps the memory
// alive and unchanged until the batch is reported done.
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
    const std::int32_t* offsets = values<std::int32_t>();
    return {reinterpret_cast<const char*>(bytes.data()) + offsets[row],
            static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
  }
};

struct BatchView {
  std::uint32_t rows = 0;
  std::vector<ColumnView> columns;
};

// True when every access the encoder is going to make lies inside the memory it was given: buffers
// are long enough, offsets ascend and end inside `bytes`, codes have words.
bool is_sound(const BatchView& batch, const std::vector<ColumnSpec>& columns) noexcept;

}  // namespace pwalk::parquet
