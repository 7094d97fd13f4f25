#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>

namespace pwalk {

class Lister;

// The threads that list directories for all walks of the process, each walk in turn.
//
// Lifetime: there is one, made at its first use and never destroyed. Threads are started when there is
// more work than threads, up to the largest number any of the walks asks for, and end a moment after
// the last walk has left. They are detached, and hold a reference to the walk they work for.
class ListingPool {
 public:
  static ListingPool& shared();

  // Guards the pool and every Lister.
  std::mutex& mutex() { return mutex_; }

  // All with the mutex held.
  // Throws what std::thread did when there is no thread and none can be started.
  void join(std::shared_ptr<Lister> lister);
  void leave(const Lister& lister);
  // There is work that a sleeping or a new thread may take.
  void offer_work();
  bool has_sleepers() const { return sleepers_ > 0; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  void run();
  // One thing to do, if there is any; with the lock released in between.
  bool work_once(Lock& lock);
  void start_thread();
  size_t most_threads() const;

  std::mutex mutex_;
  std::condition_variable work_;
  std::list<std::shared_ptr<Lister>> listers_;  // the next in turn first
  size_t threads_ = 0;
  size_t sleepers_ = 0;
};

}  // namespace pwalk
