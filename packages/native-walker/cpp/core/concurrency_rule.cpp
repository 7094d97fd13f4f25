#include "core/concurrency_rule.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pwalk {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

// Of a window: enough to tell nine tenths from all, fewer where the picture is plain; and calls
// enough for a rate, unless they take for ever.
constexpr uint64_t enough_looks = 16;
constexpr uint64_t enough_plain_looks = 4;
constexpr double plainly_waiting = 0.9;
constexpr uint64_t calls_per_thread = 4;
constexpr auto longest_window = 500ms;

// Shares of the processors.
constexpr double unused_below = 0.9;
constexpr double crowded_above = 2;
constexpr double crowd_left = 1.5;
// Shares of the threads.
constexpr double hardly_waiting = 0.05;
constexpr double fewer_below = 0.75;
constexpr double most_idle = 0.25;

constexpr double largest_step = 4;
// How much more than uses the processors is tried, and than the rate paid for is kept: waits vary.
constexpr double slack_tried = 2.5;
constexpr double slack_kept = 1.25;
// A step up that brought less than this was in vain.
constexpr double least_gain = 1.1;
constexpr double another_time = 4;
constexpr unsigned longest_patience = 256;

constexpr auto chunk_time = 5ms;
constexpr size_t smallest_chunk = 16;
constexpr size_t largest_chunk = 1024;

bool differs(std::chrono::nanoseconds time, std::chrono::nanoseconds other) {
  return Seconds(time) > another_time * Seconds(other) || Seconds(other) > another_time * Seconds(time);
}

size_t rounded_up(double threads) { return static_cast<size_t>(std::ceil(threads - 1e-9)); }

}  // namespace

bool ConcurrencyRule::is_enough(const WorkerActivity& seen) const {
  if (seen.span >= longest_window) return seen.looks >= 1;
  if (seen.calls < calls_per_thread * now_.threads) return false;
  if (seen.looks >= enough_looks) return true;
  const auto all = static_cast<double>(seen.running + seen.waiting + seen.idle);
  return seen.looks >= enough_plain_looks && static_cast<double>(seen.waiting) >= plainly_waiting * all;
}

ConcurrencyRule::Setting ConcurrencyRule::decide(const WorkerActivity& seen) {
  const auto looks = static_cast<double>(seen.looks);
  const double running = static_cast<double>(seen.running) / looks;
  const double waiting = static_cast<double>(seen.waiting) / looks;
  const double idle = static_cast<double>(seen.idle) / looks;
  const double at_work = running + waiting;
  const double seconds = Seconds(seen.span).count();
  const double rate = static_cast<double>(seen.calls) / seconds;
  call_time_ = seen.calls == 0 ? 0ns : std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(at_work / rate));
  if (at_work > 0) set_chunk(seen.calls == 0 ? seen.span : call_time_);

  const bool is_starved = idle > most_idle * (at_work + idle);
  if (is_starved) {
    trial_ = {};
    asked_for_fewer_ = false;
    return now_;
  }
  if (on_trial() && !was_worth_it(rate)) return now_;
  const size_t wanted = threads_for(running, waiting);
  if (wanted < now_.threads) {
    shrink_to(wanted);
    return now_;
  }
  asked_for_fewer_ = false;
  if (wanted == now_.threads) return now_;
  if (patience_ != 0 && !differs(call_time_, refused_at_)) {
    --patience_;
    return now_;
  }
  patience_ = 0;
  trial_ = {now_.threads, rate, call_time_};
  now_.threads = wanted;
  return now_;
}

// Where the last window asked for fewer threads too.
void ConcurrencyRule::shrink_to(size_t wanted) {
  if (asked_for_fewer_) now_.threads = wanted;
  asked_for_fewer_ = !asked_for_fewer_;
}

// Ends the trial of the last step up. False when some of it was taken back.
bool ConcurrencyRule::was_worth_it(double rate) {
  const Trial trial = std::exchange(trial_, {});
  const auto before = static_cast<double>(trial.threads_before);
  const double step = static_cast<double>(now_.threads) / before;
  const double gain = trial.rate_before == 0 ? step : rate / trial.rate_before;
  const size_t useful = gain < least_gain ? trial.threads_before : rounded_up(before * std::min(gain * slack_kept, step));
  if (useful >= now_.threads) {
    next_patience_ = first_patience;
    return true;
  }
  now_.threads = useful;
  patience_ = next_patience_;
  next_patience_ = std::min(2 * next_patience_, longest_patience);
  refused_at_ = trial.call_time_before;
  return false;
}

// What keeps every processor busy.
size_t ConcurrencyRule::threads_for(double running, double waiting) const {
  const auto processors = static_cast<double>(limits_.processors);
  const auto threads = static_cast<double>(now_.threads);
  double wanted = threads;
  if (waiting < hardly_waiting * (running + waiting)) {
    wanted = processors;
  } else if (running < unused_below * processors) {
    wanted = threads * std::min(largest_step, slack_tried * processors / std::max(running, processors / 1000));
  } else if (running > crowded_above * processors) {
    const double enough = waiting + crowd_left * processors;
    if (enough < fewer_below * threads) wanted = enough;
  }
  return std::clamp(rounded_up(wanted), limits_.processors, limits_.most_threads);
}

void ConcurrencyRule::set_chunk(std::chrono::nanoseconds call_time) {
  const auto entries = static_cast<size_t>(chunk_time / std::max<std::chrono::nanoseconds>(call_time, 1ns));
  const size_t right = std::clamp(entries, smallest_chunk, largest_chunk);
  if (2 * right < 3 * now_.stat_chunk && 2 * now_.stat_chunk < 3 * right) return;
  now_.stat_chunk = right;
}

}  // namespace pwalk
