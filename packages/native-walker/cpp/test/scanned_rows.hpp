#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/walk.hpp"

namespace pwalk::test {

struct ScannedRow {
  std::string path, name, ext;
  std::optional<std::string> path_raw, owner, group;
  EntryType type{};
  EntryState state{};
  Operation operation{};
  std::optional<uint64_t> inode, size, mnt_id, file_count, dir_sum;
  std::optional<int64_t> mtime;
  std::optional<int32_t> error;
  std::optional<bool> is_hardlink;
  bool path_truncated = false;
  uint64_t parent_inode = 0;
  int32_t depth = 0;
};

inline constexpr ColumnSet all_columns{(uint32_t{1} << column_count) - 1};

// Rows of a batch as the layout describes them: reads only what a consumer could.
std::vector<ScannedRow> rows_of(BatchBuilder& batch);

// A consumer that sleeps until the queue has an answer.
class Consumer {
 public:
  explicit Consumer(WalkOptions options)
      : walk_(Walk::start(std::move(options), [signal = signal_] {
          const std::lock_guard lock(signal->mutex);
          signal->set = true;
          signal->wake.notify_all();
        })) {}
  ~Consumer() { walk_->cancel(); }

  Walk& walk() { return *walk_; }
  BatchPtr next();
  // Waits until the threads have ended.
  bool ended() { return walk_->wait_ended(std::chrono::steady_clock::now() + std::chrono::seconds(20)); }

 private:
  struct Signal {
    std::mutex mutex;
    std::condition_variable wake;
    bool set = false;
  };
  std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  std::shared_ptr<Walk> walk_;
};

struct Scan {
  std::vector<ScannedRow> rows;
  Accounting accounting;
  const ScannedRow* find(const std::string& path) const;
  size_t count(EntryState state) const;
};

// Walks to the end and checks that the books are closed.
Scan scan(WalkOptions options);
Scan scan(const std::string& root, size_t threads = 2, ColumnSet columns = all_columns);

}  // namespace pwalk::test
