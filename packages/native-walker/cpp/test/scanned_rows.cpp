#include "scanned_rows.hpp"

#include <algorithm>
#include <cstring>

#include "pwalk/check.hpp"

namespace pwalk::test {
namespace {

// One column of a copied batch.
class ColumnReader {
 public:
  ColumnReader(const std::vector<uint8_t>& bytes, const ColumnLayout& at) : bytes_(bytes), at_(at) {
    for (const int64_t start : {at.validity, at.offsets, at.data}) {
      if (start > 0) CHECK_EQ(start % 64, 0);
    }
  }

  bool is_null(size_t row) const { return at_.validity >= 0 && !bit(at_.validity, row); }
  bool bit(int64_t start, size_t row) const { return (bytes_[static_cast<size_t>(start) + row / 8] >> (row % 8)) & 1U; }
  bool bit(size_t row) const { return bit(at_.data, row); }

  template <class T>
  T value(int64_t start, size_t row) const {
    T got;
    std::memcpy(&got, bytes_.data() + start + row * sizeof(T), sizeof(T));
    return got;
  }
  template <class T>
  T value(size_t row) const {
    return value<T>(at_.data, row);
  }
  template <class T>
  std::optional<T> optional(size_t row) const {
    return is_null(row) ? std::nullopt : std::optional<T>(value<T>(row));
  }
  std::string text(size_t row) const {
    const auto from = value<int32_t>(at_.offsets, row);
    const auto to = value<int32_t>(at_.offsets, row + 1);
    CHECK(from <= to && static_cast<size_t>(to) <= at_.data_bytes);
    const auto* data = reinterpret_cast<const char*>(bytes_.data()) + at_.data;
    return std::string(data + from, data + to);
  }

 private:
  const std::vector<uint8_t>& bytes_;
  const ColumnLayout& at_;
};

void read(ScannedRow& to, Column column, const ColumnReader& from, size_t row) {
  switch (column) {
    case Column::path: to.path = from.text(row); break;
    case Column::path_raw:
      if (!from.is_null(row)) to.path_raw = from.text(row);
      break;
    case Column::owner:
      if (!from.is_null(row)) to.owner = from.text(row);
      break;
    case Column::group:
      if (!from.is_null(row)) to.group = from.text(row);
      break;
    case Column::name: to.name = from.text(row); break;
    case Column::ext: to.ext = from.text(row); break;
    case Column::type: to.type = static_cast<EntryType>(from.value<uint8_t>(row)); break;
    case Column::state: to.state = static_cast<EntryState>(from.value<uint8_t>(row)); break;
    case Column::operation: to.operation = static_cast<Operation>(from.value<uint8_t>(row)); break;
    case Column::inode: to.inode = from.optional<uint64_t>(row); break;
    case Column::parent_inode: to.parent_inode = from.value<uint64_t>(row); break;
    case Column::depth: to.depth = from.value<int32_t>(row); break;
    case Column::size: to.size = from.optional<uint64_t>(row); break;
    case Column::mtime: to.mtime = from.optional<int64_t>(row); break;
    case Column::mnt_id: to.mnt_id = from.optional<uint64_t>(row); break;
    case Column::file_count: to.file_count = from.optional<uint64_t>(row); break;
    case Column::dir_sum: to.dir_sum = from.optional<uint64_t>(row); break;
    case Column::error: to.error = from.optional<int32_t>(row); break;
    case Column::is_hardlink:
      if (!from.is_null(row)) to.is_hardlink = from.bit(row);
      break;
    case Column::path_truncated: to.path_truncated = from.bit(row); break;
    default: break;
  }
}

}  // namespace

std::vector<ScannedRow> rows_of(BatchBuilder& batch) {
  const std::vector<ColumnLayout>& layout = batch.finish();
  // Exactly as long as announced: a sanitizer sees a byte too many.
  std::vector<uint8_t> bytes(batch.byte_length());
  batch.copy_to(bytes.data());
  std::vector<ScannedRow> rows(batch.rows());
  for (const ColumnLayout& at : layout) {
    const ColumnReader column(bytes, at);
    for (size_t row = 0; row < rows.size(); ++row) read(rows[row], at.column, column, row);
  }
  return rows;
}

BatchPtr Consumer::next() {
  for (;;) {
    BatchPtr batch;
    switch (walk_->poll(batch)) {
      case BatchQueue::Poll::batch: return batch;
      case BatchQueue::Poll::ended: return nullptr;
      case BatchQueue::Poll::armed: break;
    }
    std::unique_lock lock(signal_->mutex);
    signal_->wake.wait(lock, [this] { return std::exchange(signal_->set, false); });
  }
}

const ScannedRow* Scan::find(const std::string& path) const {
  const auto found = std::ranges::find(rows, path, &ScannedRow::path);
  return found == rows.end() ? nullptr : &*found;
}

size_t Scan::count(EntryState state) const {
  return static_cast<size_t>(std::ranges::count(rows, state, &ScannedRow::state));
}

Scan scan(WalkOptions options) {
  Consumer consumer(std::move(options));
  Scan result;
  while (BatchPtr batch = consumer.next()) {
    auto rows = rows_of(*batch);
    std::ranges::move(rows, std::back_inserter(result.rows));
    consumer.walk().recycle(std::move(batch));
  }
  CHECK(consumer.ended());
  CHECK(!consumer.walk().failure());
  result.accounting = consumer.walk().accounting();
  CHECK_EQ(result.accounting.read, result.accounting.rows + result.accounting.vanished + result.accounting.excluded);
  CHECK_EQ(result.accounting.rows, result.rows.size());
  CHECK_EQ(result.accounting.violations, 0U);
  return result;
}

Scan scan(const std::string& root, size_t threads, ColumnSet columns) {
  WalkOptions options;
  options.roots = {root};
  options.threads = threads;
  options.columns = columns;
  return scan(std::move(options));
}

}  // namespace pwalk::test
