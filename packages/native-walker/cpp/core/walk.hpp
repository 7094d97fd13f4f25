#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/concurrency_control.hpp"
#include "core/walk_state.hpp"
#include "core/watchdog.hpp"
#include "core/worker.hpp"

namespace pwalk {

struct WalkFailure {
  // The walk itself; or directories could not be written to the spill file, or would be more than its limit.
  enum class Of : uint8_t { walk, spill, spill_limit };
  int error;  // errno
  std::string message;
  Of of = Of::walk;
};

struct WalkProgress {
  uint64_t rows;
  size_t queued_items;
  size_t waiting_batches;
  size_t blocked_threads;
  size_t live_threads;
  size_t given_up_threads;  // that may hang in the kernel still
  uint64_t spilled_bytes;   // that were written to the spill file so far
};

// A walk and its threads.
//
// Lifetime: the threads, one more for the watchdog and one for the control of their number, are detached
// and each holds a reference, so the walk lives until the last of them returns, also when its owner is
// gone and a thread hangs in the kernel. Nothing in it points to the owner but `wake`, which must be safe
// to call at any time.
// Threads: every method on any thread; poll() and recycle() from one consumer at a time.
class Walk : public std::enable_shared_from_this<Walk> {
 public:
  // Starts the threads: at least one, else throws what std::thread did. `wake` is called from a worker
  // when poll() has a new answer after it said `armed`.
  static std::shared_ptr<Walk> start(WalkOptions options, std::function<void()> wake);

  Walk(WalkOptions options, std::function<void()> wake) : state_(std::move(options), std::move(wake)) {}

  // The next full batch, finished, if there is one.
  BatchQueue::Poll poll(BatchPtr& batch) { return state_.queue.poll(batch); }
  void recycle(BatchPtr batch) { state_.batches.give(std::move(batch)); }
  // Why the walk ended early, if it failed.
  std::optional<WalkFailure> failure() const;

  // Tells the threads to stop and wakes those that sleep; does not wait.
  void cancel();
  // Ends the walk soon: no directory is entered any more, those that were are finished with all their
  // rows, and then the walk ends as usual.
  void stop() { state_.frontier.stop(); }
  // The directories that were not entered because of stop(), for a walk that goes on (WalkOptions::remaining);
  // nothing when all were. After the end of the threads. Throws SpillError.
  std::optional<std::string> remaining();
  // Makes the workers so many, at least one: starts what is missing, lets go what is too many when it is
  // done with what it is at. For the control, where there is one.
  void resize(size_t threads);
  // Waits until the threads have ended; false when they have not by then.
  bool wait_ended(std::chrono::steady_clock::time_point deadline);

  // What has been handed over so far; final once the threads have ended.
  Accounting accounting();
  WalkProgress progress() const;
  WalkNotes::Contents notes() const { return state_.notes.contents(); }
  ConcurrencyControl::Chosen concurrency() const { return control_.chosen(); }

 private:
  void run(const std::shared_ptr<Worker>& worker);
  void start_watchdog();
  void start_control();
  void start_worker(size_t index);
  void replace(size_t index, std::shared_ptr<Worker> heir);
  std::vector<std::shared_ptr<Worker>> workers() const;
  void push_work(const std::optional<std::string>& remaining);
  void push(size_t lane, WorkItem item);
  void fail(const SpillError& error);
  void fail(int error, std::string message, WalkFailure::Of of = WalkFailure::Of::walk);
  void thread_ended(size_t index);

  WalkState state_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  size_t live_threads_ = 0;  // but those that were given up
  bool is_over_ = false;     // no thread is left, and none is started
  size_t given_up_ = 0;
  std::vector<std::shared_ptr<Worker>> workers_;  // of an index that is not at work, the last that was
  std::vector<bool> at_work_;                     // a thread runs the worker of this index
  Watchdog watchdog_{state_};
  ConcurrencyControl control_{state_};
  std::optional<WalkFailure> failure_;
};

}  // namespace pwalk
