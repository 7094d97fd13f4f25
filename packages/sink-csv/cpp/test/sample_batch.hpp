#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/dey_batch.hpp"

namespace pwalk::csv {

// Owns the memory of a batch that is filled row by row, each buffer of exactly the size it must have,
// so that a sanitizer sees every access beyond it.
class SampleBatch {
 public:
  struct Row {
    std::string path;
    bool raw = false;  // the path goes to path_raw, and its display form is something else
    std::uint8_t state = 0;
    std::uint64_t parent = 7;
    std::int32_t depth = 0;
    std::uint64_t inode = 11;
    bool stat = true;
    std::uint32_t mode = 0100644;
    std::uint32_t uid = 1000;
    std::uint32_t gid = 100;
    std::uint32_t nlink = 1;
    std::uint64_t size = 5;
    std::uint64_t dev = 65024;
    std::uint64_t blocks = 8;
    std::int64_t atime = 1'000'000;
    std::int64_t mtime = 2'000'000;
    std::int64_t ctime = 3'000'000;
    bool listed = false;
    std::uint64_t file_count = 0;
    std::uint64_t dir_sum = 0;
  };

  explicit SampleBatch(const std::vector<Row>& rows) : rows_(rows.size()), buffers_(column_count) {
    for (Buffers& column : buffers_) column.validity.resize((rows.size() + 7) / 8);
    add(Column::path, std::int32_t{0});
    add(Column::path_raw, std::int32_t{0});
    for (std::size_t i = 0; i < rows.size(); ++i) add_row(rows[i], i);
  }

  DeyBatch view() const {
    DeyBatch batch{static_cast<std::uint32_t>(rows_), {}};
    for (std::size_t i = 0; i < column_count; ++i) {
      batch.columns[i] = {buffers_[i].validity, buffers_[i].data, buffers_[i].bytes};
    }
    return batch;
  }

 private:
  struct Buffers {
    std::vector<std::uint8_t> validity;
    std::vector<std::uint8_t> data;
    std::vector<std::uint8_t> bytes;
  };

  Buffers& at(Column column) { return buffers_[static_cast<std::size_t>(column)]; }

  template <class T>
  void add(Column column, T value) {
    auto& data = at(column).data;
    const std::size_t size = data.size();
    data.resize(size + sizeof value);
    std::memcpy(data.data() + size, &value, sizeof value);
  }

  void add_text(Column column, std::string_view text) {
    auto& bytes = at(column).bytes;
    bytes.insert(bytes.end(), text.begin(), text.end());
    add(column, static_cast<std::int32_t>(bytes.size()));
  }

  void set_valid(Column column, std::size_t row) {
    at(column).validity[row / 8] |= static_cast<std::uint8_t>(1u << (row % 8));
  }

  void add_row(const Row& row, std::size_t i) {
    add_text(Column::path, row.raw ? "display form" : row.path);
    add_text(Column::path_raw, row.raw ? row.path : "");
    add(Column::state, row.state);
    add(Column::parent_inode, row.parent);
    add(Column::depth, row.depth);
    add(Column::inode, row.inode);
    add(Column::mode, row.mode);
    add(Column::uid, row.uid);
    add(Column::gid, row.gid);
    add(Column::nlink, row.nlink);
    add(Column::size, row.size);
    add(Column::dev, row.dev);
    add(Column::blocks, row.blocks);
    add(Column::atime, row.atime);
    add(Column::mtime, row.mtime);
    add(Column::ctime, row.ctime);
    add(Column::file_count, row.file_count);
    add(Column::dir_sum, row.dir_sum);
    for (std::size_t column = 0; column < column_count; ++column) {
      const auto which = static_cast<Column>(column);
      const bool is_stat = column >= first_stat_column && column <= last_stat_column;
      if (which == Column::path_raw ? row.raw
          : is_stat                 ? row.stat
          : which == Column::file_count || which == Column::dir_sum ? row.listed
                                                                     : true) {
        set_valid(which, i);
      }
    }
  }

  std::size_t rows_;
  std::vector<Buffers> buffers_;
};

}  // namespace pwalk::csv
