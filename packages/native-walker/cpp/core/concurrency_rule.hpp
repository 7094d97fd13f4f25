// How many threads a walk works with, and how much of a large directory each takes at a time.
//
// Somebody looks at all workers every so often and notes what each is at: running (on a processor, or
// ready and waiting for one), waiting (asleep in a call: the storage is to answer) or idle (asleep for
// want of work, or because nobody takes its batches). With the calls they made that is a window.
//
// Threads. With n of them at work of which r run on average, a call takes n / r times the processor
// time it needs, so by Little's law n * processors / r keep every processor busy, and that is what
// the rule goes to: a thread per processor where everything is cached (r = n), dozens where each call
// asks another machine (r near 0). A thread that a busy machine has preempted is ready and counts as
// running, so it does not look like slow storage: the processors are what is short then.
//
// More threads must pay. Calls that wait may wait for each other: a server with one thread, a disk that
// is saturated, a FUSE process that shares the processors. So every step up is a trial: the rate of
// calls afterwards, as a multiple of the rate before, says how much of the step was of use, and the
// rest is taken back. After such a step the rule is patient, twice as long each time, unless calls
// come to take a quarter or four times what they took then.
//
// Calm. Up, four-fold at most, when less than 9/10 of the processors are used; to 5/2 of what would use them,
// as what a thread waits for varies and the trial takes back what is of no use. Down when more than twice
// as many threads are ready as there are processors, to those that wait and 3/2 of a thread for each
// processor, if that is a quarter fewer; to one for each when hardly any thread waits. Down only where two
// windows in a row ask for it: on a cold disk some milliseconds are cached, and what was given up then has
// to be found out again. Where one leads, the others do not lead back. Where a quarter of the threads is
// idle nothing is changed: it is not threads that lack.
//
// Chunks. What one worker takes of a large directory should take some 5 ms: long against what handing
// it over costs (1 µs), short against what the last one keeps the others waiting. Changed where it is
// off by more than half.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pwalk {

// What all workers together were at over a span of time.
struct WorkerActivity {
  std::chrono::nanoseconds span{0};
  uint64_t looks = 0;    // how often they were looked at
  uint64_t running = 0;  // sums over the looks
  uint64_t waiting = 0;
  uint64_t idle = 0;
  uint64_t calls = 0;
};

class ConcurrencyRule {
 public:
  struct Limits {
    size_t processors = 1;  // never fewer threads than these
    size_t most_threads = 1;
  };
  struct Setting {
    size_t threads;
    size_t stat_chunk;  // entries
  };

  ConcurrencyRule(Limits limits, size_t stat_chunk) : limits_(limits), now_{limits.processors, stat_chunk} {}

  // Whether the activity since the last decision says enough for the next one.
  bool is_enough(const WorkerActivity& seen) const;
  // What to go to after a window of activity that was enough.
  Setting decide(const WorkerActivity& seen);

  Setting now() const { return now_; }
  // A step up is yet to be judged: look closely.
  bool on_trial() const { return trial_.threads_before != 0; }
  // What a call took at the last decision, 0 where nobody made one.
  std::chrono::nanoseconds call_time() const { return call_time_; }

 private:
  struct Trial {
    size_t threads_before = 0;  // 0: none under way
    double rate_before = 0;     // calls per second
    std::chrono::nanoseconds call_time_before{0};
  };

  bool was_worth_it(double rate);
  void set_chunk(std::chrono::nanoseconds call_time);
  size_t threads_for(double running, double waiting) const;
  void shrink_to(size_t wanted);

  static constexpr unsigned first_patience = 8;

  const Limits limits_;
  Setting now_;
  Trial trial_;
  std::chrono::nanoseconds call_time_{0};
  std::chrono::nanoseconds refused_at_{0};
  bool asked_for_fewer_ = false;  // by the last window
  unsigned patience_ = 0;  // windows until the next trial
  unsigned next_patience_ = first_patience;
};

}  // namespace pwalk
