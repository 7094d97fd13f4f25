#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/operation_clock.hpp"
#include "core/walk_state.hpp"
#include "core/worker.hpp"

namespace pwalk {

// Looks after the calls of a walk's workers: names those that do not answer, and past the time-out
// has somebody else carry on where the worker is.
//
// One per walk, run by a thread of its own, which touches nothing that a file system could hang: the
// mount table and descriptor links of /proc are the kernel's alone.
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Watchdog(WalkState& state) : state_(state) {}

  // What stands in for a worker that was given up: starts the thread of its heir.
  using Replace = std::function<void(size_t index, std::shared_ptr<Worker> heir)>;

  // Looks at every worker until stop(). `workers()` gives those at work now, by index.
  void run(const std::function<std::vector<std::shared_ptr<Worker>>()>& workers, const Replace& replace);
  void stop();

 private:
  // One worker as it was seen the last time.
  struct Seen {
    uint64_t word = 0;
    Clock::time_point since;
    bool told = false;
  };
  // Where a call hangs.
  struct Place {
    std::string path;
    std::string mount_point;
    std::string mount_type;
    bool is_elsewhere = false;  // not on the mount of the directory: that one is well
  };

  void look_at(size_t index, const std::shared_ptr<Worker>& worker, Clock::time_point now, const Replace& replace);
  bool is_overdue(const OperationClock::Call& call, Clock::duration age) const;
  Clock::duration shortest_wait() const;
  static Place place_of(const OperationClock::Call& call);

  WalkState& state_;
  std::vector<Seen> seen_;
  // Mount points that were named already.
  std::set<std::string> told_;
  std::set<std::string> given_up_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
};

}  // namespace pwalk
