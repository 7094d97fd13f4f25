#include "core/row_writer.hpp"

#include "core/errno_policy.hpp"

namespace pwalk {

void RowWriter::entry(const Directory& directory, std::string_view name, const Finding& finding) {
  Row row{.directory = &path_, .entry = name, .name = name};
  row.type = finding.type;
  row.stat = finding.stat;
  row.parent_inode = directory.inode;
  row.depth = directory.depth + 1;
  row.state = finding.state;
  row.error = finding.error;
  row.operation = finding.operation;
  append(row);
}

void RowWriter::listed(const DirectoryRef& directory) {
  Row row{.directory = &path_, .entry = {}, .name = {}};
  row.type = EntryType::directory;
  row.stat = directory->has_stat ? &directory->stat : nullptr;
  row.state = directory->state;
  row.error = directory->error;
  row.operation = directory->state == EntryState::ok ? Operation::none : Operation::read;
  row.file_count = directory->listed.load(std::memory_order_relaxed);
  row.dir_sum = directory->entry_bytes.load(std::memory_order_relaxed);
  own_row(directory, row);
}

void RowWriter::unlisted(const DirectoryRef& directory, const Finding& finding) {
  Row row{.directory = &path_, .entry = {}, .name = {}};
  row.type = finding.type;
  row.stat = finding.stat;
  row.state = finding.state;
  row.error = finding.error;
  row.operation = finding.operation;
  own_row(directory, row);
}

void RowWriter::own_row(const DirectoryRef& directory, Row row) {
  path_.enter(directory);
  row.name = directory->last_component();
  row.parent_inode = directory->is_root() ? 0 : directory->parent->inode;
  row.depth = directory->depth;
  append(row);
}

void RowWriter::append(Row& row) {
  if (row.stat != nullptr) {
    const ColumnSet columns = state_.options.columns;
    if (columns.has(Column::owner)) row.owner = owners_.find(row.stat->uid);
    if (columns.has(Column::group)) row.group = groups_.find(row.stat->gid);
  }
  accounting_.clamped_times += batch_->append(row);
  ++accounting_.rows;
  ++accounting_.types[static_cast<size_t>(row.type)];
  ++accounting_.states[static_cast<size_t>(row.state)];
  if (row.error != 0 && rule_of(row.error).unexpected) state_.notes.unexpected_error(row.error);
  if (row.stat != nullptr && row.type != EntryType::directory) accounting_.add_bytes(row.stat->size);
  ++total_rows_;
  if (batch_->full()) flush();
}

void RowWriter::publish() {
  if (published_rows_ == total_rows_) return;
  state_.rows.fetch_add(total_rows_ - published_rows_, std::memory_order_relaxed);
  published_rows_ = total_rows_;
}

void RowWriter::flush() {
  publish_accounting();
  if (batch_->rows() == 0) return;
  batch_->finish();
  state_.queue.push(std::move(batch_));
  batch_ = state_.batches.take();
}

void RowWriter::publish_accounting() {
  publish();
  const std::lock_guard lock(state_.accounting_mutex);
  state_.accounting += accounting_;
  accounting_ = Accounting{};
}

}  // namespace pwalk
