// Descriptors of directories, under a budget.
//
// A directory is pinned while a thread reads it, stats in it or opens a child through it. Between
// pins its descriptor stays open ("idle") as long as work items will need it (`users`), and may be
// closed at any time to make room: the longest idle goes first. A pin on a closed directory opens
// it again, component by component from the nearest open ancestor, each without following symbolic
// links and compared with the identity it had.
//
// Shortage (EMFILE, ENFILE, ENOMEM, or the budget itself is used up and nothing is idle): the
// attempt gives back all it holds and stands in line for the turn. Only the thread that has the turn
// tries again; it sleeps until somebody releases a descriptor and tries once more after every
// release. The call fails only when nobody else holds anything and nothing was released since the
// attempt began: then it had every descriptor there is.
//
// Progress: threads in line and the thread with the turn hold nothing while they sleep, so whoever
// holds a pin is working and will release it. An attempt needs two descriptors at a time, however
// deep the directory: the one it came from and the next.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

#include <sys/stat.h>

#include "core/directory.hpp"

namespace pwalk {

// One per walk; all methods on any thread. Must outlive every pin; directories that are still idle
// when the walk is dropped close their own descriptors.
class DescriptorPool {
 public:
  explicit DescriptorPool(size_t capacity) : capacity_(capacity) {}

  // A budget that leaves the rest of the process some descriptors, and works for that many threads.
  static size_t capacity_for(size_t threads);

  // Opens `directory` if need be and pins it. 0, or the errno: ESTALE when an ancestor is not what
  // it was; ELOOP, ENOTDIR or ESTALE when the directory itself is not; ECANCELED after cancel().
  int pin(Directory& directory);
  void unpin(Directory& directory);
  // Makes a call with the descriptor of a directory that itself needs one; waits for it like pin(). What it
  // returned, an errno or 0, or why there is no descriptor to make it with.
  int call_with(Directory& directory, const std::function<int(int fd)>& call);
  // One work item less that needs the descriptor.
  void release_user(Directory& directory);
  // The descriptor of a directory the caller has pinned.
  static int fd(const Directory& pinned) { return pinned.fd_.get(); }

  // Nobody waits for descriptors any more.
  void cancel();
  size_t open_count() const;

 private:
  enum class Release : bool { counted, uncounted };

  // For the turn, and then makes attempts until one does not fail for want of descriptors, or nothing
  // can be hoped for.
  int stand_in_line(const std::function<int()>& attempt_once);
  int attempt(Directory& directory, Release on_failure);
  int open_below(Directory* anchor, Directory& directory, bool is_target);
  int confirm(Directory& directory, const struct stat& now);
  int open_one(Directory* anchor, const Directory& directory);
  void drop_pin(Directory& directory, Release release);
  void close_unlocked(std::unique_lock<std::mutex>& lock, UniqueFd fd);
  bool reserve();
  bool evict_locked();
  void pin_locked(Directory& directory);
  void unlink_idle(Directory& directory);
  void released_locked();

  mutable std::mutex mutex_;
  std::condition_variable release_;
  std::mutex turn_;
  const size_t capacity_;
  size_t open_ = 0;          // descriptors open or about to be
  size_t busy_ = 0;          // pins and attempts under way
  uint64_t releases_ = 0;    // times somebody gave something back
  size_t waiting_ = 0;
  bool cancelled_ = false;
  Directory* idle_oldest_ = nullptr;
  Directory* idle_newest_ = nullptr;
};

// A pin as an object.
class PinnedDirectory {
 public:
  PinnedDirectory(DescriptorPool& pool, Directory& directory)
      : pool_(pool), directory_(directory), error_(pool.pin(directory)) {}
  PinnedDirectory(const PinnedDirectory&) = delete;
  PinnedDirectory& operator=(const PinnedDirectory&) = delete;
  ~PinnedDirectory() {
    if (error_ == 0) pool_.unpin(directory_);
  }

  int error() const { return error_; }
  int fd() const { return DescriptorPool::fd(directory_); }

 private:
  DescriptorPool& pool_;
  Directory& directory_;
  const int error_;
};

}  // namespace pwalk
