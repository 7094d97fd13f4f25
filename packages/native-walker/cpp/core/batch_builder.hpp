#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/column_builder.hpp"
#include "core/columns.hpp"
#include "core/path_text.hpp"
#include "core/stat_row.hpp"
#include "core/vocabulary.hpp"

namespace pwalk {

struct BatchLimits {
  size_t rows = 16384;
  size_t bytes = 4 << 20;
};

// One row, as the worker sees it. Borrows everything until append() returns.
struct Row {
  const PathText* directory;  // the path, or the path of the directory the entry is in
  std::string_view entry;     // the entry's name; empty where `directory` is the path itself
  std::string_view name;      // the last component
  EntryType type = EntryType::unknown;
  const StatRow* stat = nullptr;
  uint64_t parent_inode = 0;
  int32_t depth = -1;
  EntryState state = EntryState::ok;
  int error = 0;
  Operation operation = Operation::none;
  std::optional<uint64_t> file_count = std::nullopt;
  std::optional<uint64_t> dir_sum = std::nullopt;
  const std::string* owner = nullptr;  // null where there is no name
  const std::string* group = nullptr;
};

// Where one column of a batch lies in the bytes copy_to() writes. -1: there is no such buffer.
struct ColumnLayout {
  Column column;
  size_t null_count;
  int64_t validity;
  int64_t offsets;
  int64_t data;
  size_t data_bytes;
};

// A batch under construction: only the requested columns are built. One worker fills it, the queue
// carries it, the consumer copies it out, the pool keeps it for the next batch: one thread at a
// time, handed over under the queue's and the pool's locks.
class BatchBuilder {
 public:
  BatchBuilder(ColumnSet columns, BatchLimits limits);

  // Only while !full(). Returns how many of the row's times were stored as the nearest that fits.
  unsigned append(const Row& row);
  size_t rows() const { return rows_; }
  bool full() const { return rows_ == limits_.rows || bytes_ >= limits_.bytes; }

  // Closes the batch: its layout, every buffer at a multiple of 64 bytes. Idempotent.
  const std::vector<ColumnLayout>& finish();
  size_t byte_length() const { return byte_length_; }
  // `target` has byte_length() bytes.
  void copy_to(uint8_t* target) const;

  // Empty again, memory kept.
  void reset();

 private:
  void append_text(const Row& row);
  bool put_path(VariableColumn& column, std::string_view directory, bool cut, const Row& row);
  unsigned append_stat(const StatRow& stat);
  void append_no_stat();
  template <class Visitor>
  void each_column(Visitor&& visit) const;

  ColumnSet columns_;
  BatchLimits limits_;
  size_t row_width_ = 0;
  size_t rows_ = 0;
  size_t bytes_ = 0;
  size_t byte_length_ = 0;
  std::vector<ColumnLayout> layout_;
  std::string display_;

  VariableColumn path_, path_raw_, name_, ext_, owner_, group_;
  FixedColumn<uint8_t> type_, state_, operation_;
  FixedColumn<uint64_t> inode_, parent_inode_, dev_, size_, blocks_, file_count_, dir_sum_, mnt_id_;
  FixedColumn<int32_t> depth_, error_;
  FixedColumn<uint32_t> mode_, uid_, gid_, nlink_;
  BitColumn is_hardlink_, path_truncated_;
  FixedColumn<int64_t> atime_, mtime_, ctime_, btime_;
};

}  // namespace pwalk
