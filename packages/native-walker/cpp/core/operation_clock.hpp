// The call into the kernel that a worker is in, seen by another thread that can give the worker up.
//
// The word is a count of calls and a phase. The worker moves running -> calling -> running around
// every call, each with a count of its own: whoever sees the same word twice has seen the same call,
// and no clock is read on the way. The watchdog moves calling -> held -> calling to look at a call,
// and held -> abandoned to take the worker's place; the worker that comes back to find itself held
// waits, and that was abandoned leaves by an exception. So the two never touch the worker's things at
// the same time: the worker's outside calls, the watchdog's while it holds.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "core/directory.hpp"
#include "core/vocabulary.hpp"

namespace pwalk {

// Thrown in a worker that was given up while it was in the kernel: another one has its work, its
// batch and its books. It unwinds, gives its descriptors back, and ends.
struct Abandoned {};

class OperationClock {
 public:
  struct Call {
    Operation operation = Operation::none;
    const Directory* directory = nullptr;  // that is opened, listed, or has the entry
    int fd = -1;                           // of the directory, where it is open
    const char* name = nullptr;            // of the entry that is looked at
    bool follow = false;                   // through it, as a symbolic link
  };

  // The worker, around every call that may not return.
  void begin(const Call& call) noexcept {
    // One by one: as a whole it is put together in memory and loaded again, and the load waits for all
    // stores before it. That was 3 % of a scan.
    call_.operation = call.operation;
    call_.directory = call.directory;
    call_.fd = call.fd;
    call_.name = call.name;
    call_.follow = call.follow;
    word_.store(++calls_ << phase_bits | calling, std::memory_order_release);
  }
  // Throws Abandoned.
  void end() {
    uint64_t word = calls_ << phase_bits | calling;
    while (!word_.compare_exchange_weak(word, calls_ << phase_bits | running, std::memory_order_acq_rel)) {
      if ((word & phase_mask) == abandoned) throw Abandoned{};
      if ((word & phase_mask) == held) std::this_thread::yield();
      word = calls_ << phase_bits | calling;
    }
  }

  // The watchdog. A word that says `calling` names one call.
  uint64_t word() const noexcept { return word_.load(std::memory_order_relaxed); }
  static bool is_calling(uint64_t word) noexcept { return (word & phase_mask) == calling; }
  // Calls begun so far.
  static uint64_t calls_of(uint64_t word) noexcept { return word >> phase_bits; }
  // Stops the worker at the end of the call it is in; false when that is not the call of `word` any more.
  bool hold(uint64_t word) noexcept {
    return word_.compare_exchange_strong(word, (word & ~phase_mask) | held, std::memory_order_acq_rel);
  }
  const Call& call() const noexcept { return call_; }  // while held
  void let_go() noexcept { set_phase(calling); }
  void abandon() noexcept { set_phase(abandoned); }

 private:
  static constexpr unsigned phase_bits = 2;
  static constexpr uint64_t phase_mask = 3;
  static constexpr uint64_t running = 0, calling = 1, held = 2, abandoned = 3;

  void set_phase(uint64_t phase) noexcept {
    word_.store((word_.load(std::memory_order_relaxed) & ~phase_mask) | phase, std::memory_order_release);
  }

  std::atomic<uint64_t> word_{running};
  uint64_t calls_ = 0;  // the worker's
  Call call_;
};

}  // namespace pwalk
