// The columns of the `entries` table: the same names, order, types and nullability as
// packages/core/src/schema/entry-schema.ts, which a test compares with this one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pwalk {

enum class ColumnType : uint8_t { utf8, binary, dictionary, boolean, int32, uint32, uint64, timestamp };

enum class Column : uint8_t {
  path, path_raw, name, ext, type, inode, parent_inode, dev, depth, mode, uid, gid, size, blocks,
  nlink, is_hardlink, atime, mtime, ctime, btime, file_count, dir_sum, state, error, operation,
  mnt_id, owner, group, path_truncated,
};

struct ColumnInfo {
  const char* name;
  ColumnType type;
  bool nullable;
};

inline constexpr std::array column_table = {
    ColumnInfo{"path", ColumnType::utf8, false},
    ColumnInfo{"path_raw", ColumnType::binary, true},
    ColumnInfo{"name", ColumnType::utf8, false},
    ColumnInfo{"ext", ColumnType::utf8, false},
    ColumnInfo{"type", ColumnType::dictionary, false},
    ColumnInfo{"inode", ColumnType::uint64, true},
    ColumnInfo{"parent_inode", ColumnType::uint64, false},
    ColumnInfo{"dev", ColumnType::uint64, true},
    ColumnInfo{"depth", ColumnType::int32, false},
    ColumnInfo{"mode", ColumnType::uint32, true},
    ColumnInfo{"uid", ColumnType::uint32, true},
    ColumnInfo{"gid", ColumnType::uint32, true},
    ColumnInfo{"size", ColumnType::uint64, true},
    ColumnInfo{"blocks", ColumnType::uint64, true},
    ColumnInfo{"nlink", ColumnType::uint32, true},
    ColumnInfo{"is_hardlink", ColumnType::boolean, true},
    ColumnInfo{"atime", ColumnType::timestamp, true},
    ColumnInfo{"mtime", ColumnType::timestamp, true},
    ColumnInfo{"ctime", ColumnType::timestamp, true},
    ColumnInfo{"btime", ColumnType::timestamp, true},
    ColumnInfo{"file_count", ColumnType::uint64, true},
    ColumnInfo{"dir_sum", ColumnType::uint64, true},
    ColumnInfo{"state", ColumnType::dictionary, false},
    ColumnInfo{"errno", ColumnType::int32, true},
    ColumnInfo{"operation", ColumnType::dictionary, false},
    ColumnInfo{"mnt_id", ColumnType::uint64, true},
    ColumnInfo{"owner", ColumnType::utf8, true},
    ColumnInfo{"group", ColumnType::utf8, true},
    ColumnInfo{"path_truncated", ColumnType::boolean, true},
};
inline constexpr size_t column_count = column_table.size();
static_assert(column_count == static_cast<size_t>(Column::path_truncated) + 1);

constexpr const ColumnInfo& info_of(Column column) {
  return column_table[static_cast<size_t>(column)];
}

// Bytes a column takes per row beside variable data: 0 for booleans, which take a bit.
constexpr size_t width_of(ColumnType type) {
  switch (type) {
    case ColumnType::dictionary: return 1;
    case ColumnType::boolean: return 0;
    case ColumnType::uint64:
    case ColumnType::timestamp: return 8;
    default: return 4;
  }
}

// A set of columns; bit n is the n-th column of the table.
class ColumnSet {
 public:
  constexpr ColumnSet() = default;
  constexpr explicit ColumnSet(uint32_t bits) : bits_(bits & ((uint32_t{1} << column_count) - 1)) {}

  constexpr bool has(Column column) const { return (bits_ >> static_cast<unsigned>(column)) & 1U; }
  constexpr uint32_t bits() const { return bits_; }
  constexpr bool intersects(ColumnSet other) const { return (bits_ & other.bits_) != 0; }

  template <class... Columns>
  static constexpr ColumnSet of(Columns... columns) {
    return ColumnSet(((uint32_t{1} << static_cast<unsigned>(columns)) | ... | 0U));
  }

 private:
  uint32_t bits_ = 0;
};

// The columns that only a stat of every entry can fill.
inline constexpr ColumnSet stat_columns =
    ColumnSet::of(Column::inode, Column::dev, Column::mode, Column::uid, Column::gid, Column::size,
                  Column::blocks, Column::nlink, Column::is_hardlink, Column::atime, Column::mtime,
                  Column::ctime, Column::btime, Column::dir_sum, Column::mnt_id, Column::owner,
                  Column::group);

// Everything a scan produces when nobody asks for fewer or more: all that come before `operation`.
inline constexpr ColumnSet default_columns{(uint32_t{1} << static_cast<unsigned>(Column::operation)) - 1};

}  // namespace pwalk
