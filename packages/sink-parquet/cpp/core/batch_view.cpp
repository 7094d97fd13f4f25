#include "core/batch_view.hpp"

#include <algorithm>

namespace pwalk::parquet {
namespace {

// A page's size must fit 31 bits; a column this large is refused rather than written wrong.
constexpr std::size_t most_bytes = 1u << 30;

bool small_text_is_sound(const ColumnView& column, std::size_t rows) noexcept {
  if (!text_is_sound(column, rows)) return false;
  return rows == 0 || static_cast<std::size_t>(column.values<std::int32_t>()[rows]) <= most_bytes;
}

// The code of a null row means nothing, and need not have a word.
bool codes_are_sound(const ColumnView& column, std::size_t rows, std::size_t words) noexcept {
  if (!values_are_sound<std::uint8_t>(column, rows)) return false;
  const std::uint8_t* codes = column.data.data();
  if (std::all_of(codes, codes + rows, [&](std::uint8_t code) { return code < words; })) return true;
  for (std::size_t row = 0; row < rows; ++row) {
    if (column.is_valid(row) && codes[row] >= words) return false;
  }
  return true;
}

bool column_is_sound(const ColumnView& column, std::size_t rows, const ColumnSpec& spec) noexcept {
  switch (spec.type) {
    case ColumnType::utf8:
    case ColumnType::binary:
      return small_text_is_sound(column, rows);
    case ColumnType::boolean:
      return bits_are_sound(column, rows);
    case ColumnType::int32:
    case ColumnType::uint32:
      return values_are_sound<std::uint32_t>(column, rows);
    case ColumnType::int64:
    case ColumnType::uint64:
    case ColumnType::timestamp:
    case ColumnType::float64:
      return values_are_sound<std::uint64_t>(column, rows);
    case ColumnType::words:
      return codes_are_sound(column, rows, spec.words.size());
  }
  return false;
}

}  // namespace

bool is_sound(const BatchView& batch, const std::vector<ColumnSpec>& columns) noexcept {
  if (batch.columns.size() != columns.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!column_is_sound(batch.columns[i], batch.rows, columns[i])) return false;
  }
  return true;
}

}  // namespace pwalk::parquet
