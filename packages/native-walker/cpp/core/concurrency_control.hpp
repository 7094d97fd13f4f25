#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/concurrency_rule.hpp"
#include "core/walk_state.hpp"
#include "core/worker.hpp"

namespace pwalk {

// Measures what a walk's workers are at and sets how many there are, by the ConcurrencyRule.
//
// One per walk, run by a thread of its own, and only where the number of threads is not fixed. Costs
// the workers nothing: their OperationClocks count the calls, the kernel says who is asleep. It looks
// every millisecond while something is to be found out, and less and less often while nothing changes.
class ConcurrencyControl {
 public:
  using Workers = std::vector<std::shared_ptr<Worker>>;

  explicit ConcurrencyControl(WalkState& state);

  // Until stop(). `workers()` gives those at work now, by index; `resize` makes them so many.
  void run(const std::function<Workers()>& workers, const std::function<void(size_t threads)>& resize);
  void stop();

  // What was chosen so far; any thread.
  struct Chosen {
    size_t threads;
    size_t peak_threads;
    size_t stat_chunk;                   // 0: not measured
    std::chrono::nanoseconds call_time;  // on average, so far; 0: not measured
  };
  Chosen chosen() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Counted {
    const Worker* worker = nullptr;
    uint64_t calls = 0;
  };

  void look(const Workers& workers);
  void begin_window();
  bool decide();

  WalkState& state_;
  ConcurrencyRule rule_;
  WorkerActivity seen_;
  Clock::time_point window_begin_;
  std::vector<Counted> counted_;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::chrono::nanoseconds measured_time_{0};  // in calls, of all workers together
  uint64_t measured_calls_ = 0;
  Chosen chosen_;
};

}  // namespace pwalk
