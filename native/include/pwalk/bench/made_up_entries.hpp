#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "pwalk/column_view.hpp"

namespace pwalk::bench {

// A column with its memory, filled row by row.
class OwnedColumn {
 public:
  ColumnView view() const { return {validity_, data_, bytes_}; }

  template <class T>
  void add(T value) {
    const std::size_t size = data_.size();
    data_.resize(size + sizeof value);
    std::memcpy(data_.data() + size, &value, sizeof value);
  }
  void add_text(std::string_view text) {
    if (data_.empty()) add(std::int32_t{0});
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    add(static_cast<std::int32_t>(bytes_.size()));
  }
  void add_bit(std::size_t row, bool value) { set_bit(data_, row, value); }
  // For every row of a column that has nulls, or for none.
  void set_valid(std::size_t row, bool valid) { set_bit(validity_, row, valid); }

 private:
  static void set_bit(std::vector<std::uint8_t>& bits, std::size_t row, bool value) {
    if (row % 8 == 0) bits.push_back(0);
    bits.back() |= static_cast<std::uint8_t>(unsigned{value} << row % 8);
  }

  std::vector<std::uint8_t> validity_;
  std::vector<std::uint8_t> data_;
  std::vector<std::uint8_t> bytes_;
};

// Rows as a scan of a tree would give them, the same on every machine: each directory with nineteen
// files in it, sizes and times scattered, everything else as alike as it is in real trees.
struct MadeUpEntries {
  OwnedColumn path, path_raw, name, ext, type, inode, parent_inode, dev, depth, mode, uid, gid, size, blocks, nlink,
      is_hardlink, atime, mtime, ctime, btime, file_count, dir_sum, state, error;
  std::uint32_t rows = 0;

  explicit MadeUpEntries(std::uint32_t count) {
    while (rows < count) add_row();
  }

  // In the order of the default columns of the entries table.
  std::vector<ColumnView> columns() const {
    std::vector<ColumnView> views;
    for (const OwnedColumn* column :
         {&path, &path_raw, &name, &ext, &type, &inode, &parent_inode, &dev, &depth, &mode, &uid, &gid, &size, &blocks,
          &nlink, &is_hardlink, &atime, &mtime, &ctime, &btime, &file_count, &dir_sum, &state, &error}) {
      views.push_back(column->view());
    }
    return views;
  }

 private:
  static constexpr std::uint32_t per_directory = 20;
  static constexpr std::array<std::string_view, 8> extensions{"txt", "dat", "bam", "gz", "py", "h5", "log", ""};

  // xorshift64
  std::uint64_t random() {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    return random_ ^= random_ << 17;
  }

  void add_row() {
    const bool is_directory = rows % per_directory == 0;
    const std::uint32_t directory = rows / per_directory;
    const std::string parent = "data/project_" + std::to_string(directory / 100);
    const std::string own = "dir_" + std::to_string(directory);
    const std::string_view suffix = is_directory ? "" : extensions[random() % extensions.size()];
    const std::string file = "sample_" + std::to_string(rows) + (suffix.empty() ? "" : ".") + std::string(suffix);

    path.add_text(is_directory ? parent + "/" + own : parent + "/" + own + "/" + file);
    path_raw.add_text("");
    path_raw.set_valid(rows, false);
    name.add_text(is_directory ? own : file);
    ext.add_text(suffix);
    type.add(static_cast<std::uint8_t>(is_directory ? 2 : 1));
    inode.add(std::uint64_t{100'000} + rows);
    parent_inode.add(std::uint64_t{100'000} + (is_directory ? 0 : directory * per_directory));
    dev.add(std::uint64_t{65'024});
    depth.add(std::int32_t{is_directory ? 1 : 2});
    mode.add(std::uint32_t{is_directory ? 0040755U : 0100644U});
    uid.add(std::uint32_t{1000} + directory / 500);
    gid.add(std::uint32_t{100});
    const std::uint64_t bytes = is_directory ? 4096 : random() % 1'000'000;
    size.add(bytes);
    blocks.add((bytes + 4095) / 4096 * 8);
    nlink.add(std::uint32_t{is_directory ? 2U : 1U});
    is_hardlink.add_bit(rows, false);
    const auto changed = static_cast<std::int64_t>(1'700'000'000'000'000 + random() % 10'000'000'000'000);
    for (OwnedColumn* time : {&atime, &mtime, &ctime, &btime}) time->add(changed);
    for (OwnedColumn* sum : {&file_count, &dir_sum}) {
      sum->add(std::uint64_t{is_directory ? per_directory - 1 : 0});
      sum->set_valid(rows, is_directory);
    }
    state.add(std::uint8_t{0});
    error.add(std::int32_t{0});
    error.set_valid(rows, false);
    ++rows;
  }

  std::uint64_t random_ = 88'172'645'463'325'252;
};

}  // namespace pwalk::bench
