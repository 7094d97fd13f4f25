// Calls that never return, without any hung storage: a seccomp filter hands every statx, openat and
// getdents64 of this thread, and of the threads it starts from now on, to a supervisor, which lets all
// go on but those about a name it was told to hold. To the walker they hang in the kernel.
#pragma once

#include <atomic>
#include <string>

namespace pwalk::test {

// One per process: a filter cannot be taken back.
class HangingCalls {
 public:
  // Whatever opens, looks at or lists something whose last component is this hangs.
  explicit HangingCalls(std::string name);
  HangingCalls(const HangingCalls&) = delete;
  HangingCalls& operator=(const HangingCalls&) = delete;

  // False where the kernel or a container forbids it.
  bool works() const { return listener_ >= 0; }
  // Calls that hang now.
  size_t held() const { return held_.load(); }
  // Lets everything go that was held, and hold nothing any more.
  void release();

 private:
  void supervise();

  const std::string name_;
  int listener_ = -1;
  std::atomic<size_t> held_{0};
  std::atomic<bool> released_{false};
};

}  // namespace pwalk::test
