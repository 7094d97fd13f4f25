#pragma once

#include "core/accounting.hpp"
#include "core/batch_builder.hpp"
#include "core/path_text.hpp"
#include "core/walk_state.hpp"

namespace pwalk {

// What is known of an entry besides its name and place.
struct Finding {
  EntryType type = EntryType::unknown;
  const StatRow* stat = nullptr;
  EntryState state = EntryState::ok;
  int error = 0;
  Operation operation = Operation::none;
};

// Turns findings into rows of the worker's current batch and keeps the worker's books. Hands full
// batches over, which may sleep. One per worker.
class RowWriter {
 public:
  explicit RowWriter(WalkState& state)
      : state_(state), batch_(state.batches.take()), owners_(state.users), groups_(state.groups) {}

  RowWriter(RowWriter&&) = default;

  // The rows that follow are entries of this directory.
  void enter(const DirectoryRef& directory) { path_.enter(directory); }
  void entry(const Directory& directory, std::string_view name, const Finding& finding);
  // The row of a directory that was listed.
  void listed(const DirectoryRef& directory);
  // The row of a root, or of a directory that was not entered.
  void unlisted(const DirectoryRef& directory, const Finding& finding);

  uint64_t total_rows() const { return total_rows_; }
  Accounting& accounting() { return accounting_; }
  // Makes the rows so far visible as progress.
  void publish();
  // Hands over what there is.
  void flush();
  void publish_accounting();

 private:
  void own_row(const DirectoryRef& directory, Row row);
  void append(Row& row);

  WalkState& state_;
  BatchPtr batch_;
  PathText path_;
  AccountNameCursor owners_;
  AccountNameCursor groups_;
  Accounting accounting_;      // since the last publish_accounting()
  uint64_t total_rows_ = 0;
  uint64_t published_rows_ = 0;
};

}  // namespace pwalk
