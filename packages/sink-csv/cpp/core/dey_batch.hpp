#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pwalk/column_view.hpp"

namespace pwalk::csv {

// The columns the format is made of, in the order in which src/dey-columns.ts hands them over.
enum class Column : std::size_t {
  path,
  path_raw,
  state,
  parent_inode,
  depth,
  inode,
  mode,
  uid,
  gid,
  nlink,
  size,
  dev,
  blocks,
  atime,
  mtime,
  ctime,
  file_count,
  dir_sum,
};

inline constexpr std::size_t column_count = 18;
// What stat says of an entry: null where stat failed.
inline constexpr std::size_t first_stat_column = static_cast<std::size_t>(Column::inode);
inline constexpr std::size_t last_stat_column = static_cast<std::size_t>(Column::ctime);

struct DeyBatch {
  std::uint32_t rows = 0;
  std::array<ColumnView, column_count> columns;

  const ColumnView& operator[](Column column) const noexcept { return columns[static_cast<std::size_t>(column)]; }

  // The bytes of the path as the kernel has them: `path` where it is exact.
  std::string_view exact_path(std::size_t row) const noexcept {
    const ColumnView& raw = (*this)[Column::path_raw];
    return raw.is_valid(row) ? raw.text(row) : (*this)[Column::path].text(row);
  }

  // True when every row has.
  bool has_stats() const noexcept {
    for (std::size_t i = first_stat_column; i <= last_stat_column; ++i) {
      if (!columns[i].validity.empty()) return false;
    }
    return true;
  }

  bool has_stat(std::size_t row) const noexcept {
    for (std::size_t i = first_stat_column; i <= last_stat_column; ++i) {
      if (!columns[i].is_valid(row)) return false;
    }
    return true;
  }
};

// True when every access to the rows lies inside the memory of the columns.
bool is_sound(const DeyBatch& batch) noexcept;

}  // namespace pwalk::csv
