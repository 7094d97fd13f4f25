#include "core/batch_builder.hpp"

#include <bit>

#include "core/extension.hpp"
#include "core/utf8.hpp"

namespace pwalk {
namespace {

constexpr size_t alignment = 64;
constexpr size_t aligned(size_t size) { return (size + alignment - 1) / alignment * alignment; }

// What finish() and copy_to() need of a column, whatever its class.
struct Buffers {
  Column column;
  const Validity* validity;
  const uint8_t* offsets;
  const uint8_t* data;
  size_t data_bytes;
};

}  // namespace

BatchBuilder::BatchBuilder(ColumnSet columns, BatchLimits limits)
    : columns_(columns),
      limits_(limits),
      path_(columns.has(Column::path), limits.rows, false),
      path_raw_(columns.has(Column::path_raw), limits.rows, true),
      name_(columns.has(Column::name), limits.rows, false),
      ext_(columns.has(Column::ext), limits.rows, false),
      owner_(columns.has(Column::owner), limits.rows, true),
      group_(columns.has(Column::group), limits.rows, true),
      type_(columns.has(Column::type), limits.rows, false),
      state_(columns.has(Column::state), limits.rows, false),
      operation_(columns.has(Column::operation), limits.rows, false),
      inode_(columns.has(Column::inode), limits.rows, false),
      parent_inode_(columns.has(Column::parent_inode), limits.rows, false),
      dev_(columns.has(Column::dev), limits.rows, false),
      size_(columns.has(Column::size), limits.rows, false),
      blocks_(columns.has(Column::blocks), limits.rows, false),
      file_count_(columns.has(Column::file_count), limits.rows, true),
      dir_sum_(columns.has(Column::dir_sum), limits.rows, true),
      mnt_id_(columns.has(Column::mnt_id), limits.rows, false),
      depth_(columns.has(Column::depth), limits.rows, false),
      error_(columns.has(Column::error), limits.rows, true),
      mode_(columns.has(Column::mode), limits.rows, false),
      uid_(columns.has(Column::uid), limits.rows, false),
      gid_(columns.has(Column::gid), limits.rows, false),
      nlink_(columns.has(Column::nlink), limits.rows, false),
      is_hardlink_(columns.has(Column::is_hardlink), limits.rows),
      path_truncated_(columns.has(Column::path_truncated), limits.rows),
      atime_(columns.has(Column::atime), limits.rows, false),
      mtime_(columns.has(Column::mtime), limits.rows, false),
      ctime_(columns.has(Column::ctime), limits.rows, false),
      btime_(columns.has(Column::btime), limits.rows, false) {
  for (size_t i = 0; i < column_count; ++i) {
    if (columns.has(static_cast<Column>(i))) row_width_ += width_of(column_table[i].type);
  }
  layout_.reserve(column_count);
}

unsigned BatchBuilder::append(const Row& row) {
  append_text(row);
  type_.put(rows_, static_cast<uint8_t>(row.type));
  parent_inode_.put(rows_, row.parent_inode);
  depth_.put(rows_, row.depth);
  state_.put(rows_, static_cast<uint8_t>(row.state));
  operation_.put(rows_, static_cast<uint8_t>(row.operation));
  if (row.error != 0) error_.put(rows_, row.error);
  if (row.file_count) file_count_.put(rows_, *row.file_count);
  if (row.dir_sum) dir_sum_.put(rows_, *row.dir_sum);
  if (row.owner != nullptr) owner_.put(rows_, *row.owner);
  if (row.group != nullptr) group_.put(rows_, *row.group);
  unsigned clamped = 0;
  if (row.stat != nullptr) {
    clamped = append_stat(*row.stat);
  } else {
    append_no_stat();
  }
  ++rows_;
  bytes_ = rows_ * row_width_ + path_.size() + path_raw_.size() + name_.size() + ext_.size() + owner_.size() +
           group_.size();
  return clamped;
}

void BatchBuilder::append_text(const Row& row) {
  const PathText& directory = *row.directory;
  const std::string_view ext = row.type == EntryType::directory ? std::string_view() : extension_of(row.name);
  if (directory.is_utf8() && is_utf8(row.name)) {
    path_truncated_.put(rows_, put_path(path_, directory.raw(), directory.is_raw_cut(), row));
    name_.put(rows_, row.name);
    ext_.put(rows_, ext);
    return;
  }
  const auto displayed = [this](std::string_view bytes) -> std::string_view {
    display_.clear();
    append_display(bytes, display_);
    return display_;
  };
  const bool raw_cut = put_path(path_raw_, directory.raw(), directory.is_raw_cut(), row);
  Row shown = row;
  shown.entry = displayed(row.entry);
  const bool display_cut = put_path(path_, directory.display(), directory.is_display_cut(), shown);
  path_truncated_.put(rows_, raw_cut || display_cut);
  name_.put(rows_, displayed(row.name));
  ext_.put(rows_, displayed(ext));
}

// The path of the row into a column, `directory` of which is there and `cut` where that is not all.
// True when the path is not whole.
bool BatchBuilder::put_path(VariableColumn& column, std::string_view directory, bool cut, const Row& row) {
  if (row.entry.empty() || cut) {
    column.put(rows_, directory);
    return cut;
  }
  std::string_view separator = row.directory->separator(), entry = row.entry;
  const size_t above = directory.size() + separator.size();
  const bool fits = above + entry.size() <= longest_path;
  if (!fits) {
    entry = above < longest_path ? entry.substr(0, longest_path - above) : std::string_view();
    entry = entry.substr(0, whole_characters(entry));
    if (entry.empty()) separator = {};
  }
  column.put(rows_, directory, separator, entry);
  return !fits;
}

unsigned BatchBuilder::append_stat(const StatRow& stat) {
  inode_.put(rows_, stat.inode);
  dev_.put(rows_, stat.dev);
  mode_.put(rows_, stat.mode);
  uid_.put(rows_, stat.uid);
  gid_.put(rows_, stat.gid);
  size_.put(rows_, stat.size);
  blocks_.put(rows_, stat.blocks);
  nlink_.put(rows_, stat.nlink);
  is_hardlink_.put(rows_, !stat.is_directory() && stat.nlink > 1);
  atime_.put(rows_, stat.atime);
  mtime_.put(rows_, stat.mtime);
  ctime_.put(rows_, stat.ctime);
  if (stat.has_btime) {
    btime_.put(rows_, stat.btime);
  } else {
    btime_.put_null(rows_);
  }
  if (stat.has_mnt_id) {
    mnt_id_.put(rows_, stat.mnt_id);
  } else {
    mnt_id_.put_null(rows_);
  }
  if (stat.clamped == 0) return 0;
  const unsigned built = (columns_.bits() >> static_cast<unsigned>(Column::atime)) & 0xFU;
  return static_cast<unsigned>(std::popcount(stat.clamped & built));
}

void BatchBuilder::append_no_stat() {
  inode_.put_null(rows_);
  dev_.put_null(rows_);
  mode_.put_null(rows_);
  uid_.put_null(rows_);
  gid_.put_null(rows_);
  size_.put_null(rows_);
  blocks_.put_null(rows_);
  nlink_.put_null(rows_);
  is_hardlink_.put_null(rows_);
  atime_.put_null(rows_);
  mtime_.put_null(rows_);
  ctime_.put_null(rows_);
  btime_.put_null(rows_);
  mnt_id_.put_null(rows_);
}

// In the order of the table.
template <class Visitor>
void BatchBuilder::each_column(Visitor&& visit) const {
  const auto fixed = [&]<class T>(Column id, const FixedColumn<T>& column) {
    if (column.enabled()) visit(Buffers{id, &column.validity(), nullptr, column.data(), rows_ * sizeof(T)});
  };
  const auto variable = [&](Column id, const VariableColumn& column) {
    if (column.enabled()) visit(Buffers{id, &column.validity(), column.offsets(), column.data(), column.size()});
  };
  const auto boolean = [&](Column id, const BitColumn& column) {
    if (column.enabled()) visit(Buffers{id, &column.validity(), nullptr, column.data(), (rows_ + 7) / 8});
  };
  variable(Column::path, path_);
  variable(Column::path_raw, path_raw_);
  variable(Column::name, name_);
  variable(Column::ext, ext_);
  fixed(Column::type, type_);
  fixed(Column::inode, inode_);
  fixed(Column::parent_inode, parent_inode_);
  fixed(Column::dev, dev_);
  fixed(Column::depth, depth_);
  fixed(Column::mode, mode_);
  fixed(Column::uid, uid_);
  fixed(Column::gid, gid_);
  fixed(Column::size, size_);
  fixed(Column::blocks, blocks_);
  fixed(Column::nlink, nlink_);
  boolean(Column::is_hardlink, is_hardlink_);
  fixed(Column::atime, atime_);
  fixed(Column::mtime, mtime_);
  fixed(Column::ctime, ctime_);
  fixed(Column::btime, btime_);
  fixed(Column::file_count, file_count_);
  fixed(Column::dir_sum, dir_sum_);
  fixed(Column::state, state_);
  fixed(Column::error, error_);
  fixed(Column::operation, operation_);
  fixed(Column::mnt_id, mnt_id_);
  variable(Column::owner, owner_);
  variable(Column::group, group_);
  boolean(Column::path_truncated, path_truncated_);
}

const std::vector<ColumnLayout>& BatchBuilder::finish() {
  for (VariableColumn* column : {&path_, &path_raw_, &name_, &ext_, &owner_, &group_}) {
    if (column->enabled()) column->fill_to(rows_);
  }
  file_count_.fill_to(rows_);
  dir_sum_.fill_to(rows_);
  error_.fill_to(rows_);
  layout_.clear();
  size_t end = 0;
  const auto place = [&end](size_t size) {
    const size_t start = end;
    end = aligned(end + size);
    return static_cast<int64_t>(start);
  };
  each_column([&](const Buffers& buffers) {
    ColumnLayout at{buffers.column, 0, -1, -1, 0, buffers.data_bytes};
    if (info_of(buffers.column).nullable) at.null_count = buffers.validity->null_count(rows_);
    if (at.null_count != 0) at.validity = place((rows_ + 7) / 8);
    if (buffers.offsets != nullptr) at.offsets = place((rows_ + 1) * sizeof(int32_t));
    at.data = place(buffers.data_bytes);
    layout_.push_back(at);
  });
  byte_length_ = end;
  return layout_;
}

void BatchBuilder::copy_to(uint8_t* target) const {
  auto at = layout_.begin();
  each_column([&](const Buffers& buffers) {
    if (at->validity >= 0) std::memcpy(target + at->validity, buffers.validity->data(), (rows_ + 7) / 8);
    if (at->offsets >= 0) std::memcpy(target + at->offsets, buffers.offsets, (rows_ + 1) * sizeof(int32_t));
    if (buffers.data_bytes != 0) std::memcpy(target + at->data, buffers.data, buffers.data_bytes);
    ++at;
  });
}

void BatchBuilder::reset() {
  rows_ = 0;
  bytes_ = 0;
  byte_length_ = 0;
  layout_.clear();
  const auto all = [](auto&... columns) { (columns.reset(), ...); };
  all(path_, path_raw_, name_, ext_, owner_, group_, file_count_, dir_sum_, error_, is_hardlink_, path_truncated_);
  all(inode_, dev_, mode_, uid_, gid_, size_, blocks_, nlink_, atime_, mtime_, ctime_, btime_, mnt_id_);
}

}  // namespace pwalk
