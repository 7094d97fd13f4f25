#pragma once

#include <mutex>

namespace pwalk {

// Taking a mutex that many threads hold for about a microsecond at a time, and never during a call to the
// kernel. Whoever blocks for one costs both sides a call to the kernel and himself a change of threads, which
// takes longer than the wait: so it is tried again for a few microseconds first, and then waited for.
//
// Invariant: the lock is held when it returns. The tries are bounded, for where threads share a processor the
// holder may not be running.
inline void lock_spinning(std::unique_lock<std::mutex>& lock) {
  constexpr int tries = 32;
  constexpr int pauses_between = 4;
  for (int i = 0; i < tries; ++i) {
    if (lock.try_lock()) return;
    for (int j = 0; j < pauses_between; ++j) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#elif defined(__aarch64__)
      asm volatile("isb" ::: "memory");
#endif
    }
  }
  lock.lock();
}

inline std::unique_lock<std::mutex> lock_spinning(std::mutex& mutex) {
  std::unique_lock lock(mutex, std::defer_lock);
  lock_spinning(lock);
  return lock;
}

}  // namespace pwalk
