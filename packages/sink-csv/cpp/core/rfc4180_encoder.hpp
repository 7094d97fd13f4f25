#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/cell_rules.hpp"
#include "core/encoded.hpp"
#include "pwalk/column_view.hpp"

namespace pwalk::csv {

// Types of columns, in the order in which src/rfc4180-native.ts numbers them.
enum class CellType : std::uint8_t {
  utf8,
  binary,
  boolean,
  int32,
  uint32,
  float64,
  int64,
  uint64,
  timestamp,
  dictionary,
};
inline constexpr std::size_t cell_type_count = 10;

struct CsvColumn {
  CellType type = CellType::utf8;
  std::vector<std::string> words;  // of a dictionary, by their codes
};

struct CsvBatch {
  std::uint32_t rows = 0;
  std::vector<ColumnView> columns;
};

// Formats rows as RFC 4180 has them, with LF at the end of lines. One object may be used by several
// threads at once.
class Rfc4180Encoder {
 public:
  // At least one column.
  Rfc4180Encoder(std::vector<CsvColumn> columns, CellRules rules);

  std::size_t column_count() const noexcept { return columns_.size(); }

  // True when every access to the rows lies inside the memory of the columns. `batch` has as many
  // columns as the encoder.
  bool is_sound(const CsvBatch& batch) const noexcept;

  // Formats rows from `row` on until `chunk` has no room for another. The batch must be sound.
  // Throws std::bad_alloc.
  Encoded encode(const CsvBatch& batch, std::uint32_t row, std::span<char> chunk) const;

 private:
  struct Column {
    CellType type = CellType::utf8;
    std::string end;        // what stands behind a cell: the delimiter, or a line feed
    std::string null_cell;  // with its end, as the words are
    std::vector<std::string> words;
  };
  class Rows;

  Column made_column(const CsvColumn& given, std::string end) const;

  CellRules rules_;
  std::vector<Column> columns_;
  std::size_t fixed_room_ = 0;  // of a row, without the bytes of its texts
};

}  // namespace pwalk::csv
