#include "core/concurrency_control.hpp"

#include <algorithm>

#include "core/task_state.hpp"

namespace pwalk {
namespace {

using namespace std::chrono_literals;

constexpr auto shortest_interval = 1ms;
constexpr auto longest_interval = 16ms;

}  // namespace

ConcurrencyControl::ConcurrencyControl(WalkState& state)
    : state_(state),
      rule_({state.options.threads, state.options.most_threads}, state.options.stat_chunk_local),
      chosen_{state.options.threads, state.options.threads, 0, 0ns} {}

void ConcurrencyControl::run(const std::function<Workers()>& workers, const std::function<void(size_t threads)>& resize) {
  Clock::duration interval = shortest_interval;
  look(workers());
  begin_window();
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, interval, [this] { return stop_; })) {
    lock.unlock();
    look(workers());
    if (rule_.is_enough(seen_)) {
      const bool changed = decide();
      // Also where it stays at that: a worker that was one too many may have left since.
      resize(rule_.now().threads);
      interval = changed || rule_.on_trial() ? shortest_interval : std::min<Clock::duration>(2 * interval, longest_interval);
      begin_window();
    }
    lock.lock();
  }
}

void ConcurrencyControl::stop() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  stopped_.notify_all();
}

void ConcurrencyControl::begin_window() {
  seen_ = {};
  window_begin_ = Clock::now();
}

void ConcurrencyControl::look(const Workers& workers) {
  counted_.resize(workers.size());
  const size_t wanted = rule_.now().threads;
  for (size_t i = 0; i < workers.size(); ++i) {
    const uint64_t word = workers[i]->clock().word();
    // An heir counts from the beginning.
    Counted& counted = counted_[i];
    const uint64_t calls = OperationClock::calls_of(word);
    if (counted.worker == workers[i].get() && calls > counted.calls) seen_.calls += calls - counted.calls;
    counted = {workers[i].get(), calls};
    // One too many finishes what it is at, and is not looked at.
    if (i >= wanted || workers[i]->task() == 0) continue;
    const TaskState task = state_of_task(workers[i]->task());
    if (task == TaskState::running) {
      ++seen_.running;
    } else if (task == TaskState::asleep) {
      // Between calls before and after, and between the same: nothing is asked of any storage.
      const bool is_idle = !OperationClock::is_calling(word) && workers[i]->clock().word() == word;
      ++(is_idle ? seen_.idle : seen_.waiting);
    }
  }
  ++seen_.looks;
  seen_.span = Clock::now() - window_begin_;
}

bool ConcurrencyControl::decide() {
  const ConcurrencyRule::Setting before = rule_.now();
  const auto [threads, stat_chunk] = rule_.decide(seen_);
  state_.stat_chunk.store(stat_chunk, std::memory_order_relaxed);
  measured_time_ += rule_.call_time() * static_cast<int64_t>(seen_.calls);
  measured_calls_ += seen_.calls;
  const auto call_time = measured_time_ / std::max<int64_t>(1, static_cast<int64_t>(measured_calls_));
  const std::lock_guard lock(mutex_);
  chosen_ = {threads, std::max(chosen_.peak_threads, threads), stat_chunk, call_time};
  return threads != before.threads || stat_chunk != before.stat_chunk;
}

ConcurrencyControl::Chosen ConcurrencyControl::chosen() const {
  const std::lock_guard lock(mutex_);
  return chosen_;
}

}  // namespace pwalk
