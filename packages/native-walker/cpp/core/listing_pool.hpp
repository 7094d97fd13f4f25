#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
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
//
// A call to the kernel may never return. What a thread does for a walk that has left does not count
// against that number; and where every thread is held for a while and a walk whose caller waits has
// none, one more is started, which ends again when it has nothing to do.
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
  // A thread sleeps, and none is on its way already.
  bool can_wake_one() const { return sleepers_ > 0 && waking_ == 0; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  struct Member {
    std::shared_ptr<Lister> lister;
    size_t at_work = 0;  // threads
    bool left = false;
  };
  using Members = std::list<Member>;
  enum class Work : uint8_t {
    none,
    done,
    done_for_nobody,  // the walk left meanwhile
  };

  void run();
  // One thing to do, if there is any; with the lock released in between.
  Work work_once(Lock& lock);
  Work end_work(Members::iterator member);
  void start_thread();
  // Less than could be started are no failure: they do the same work more slowly.
  void try_to_start_thread();
  // Starts a thread whenever all have been held for a while and a walk waits in vain.
  void watch();
  bool is_somebody_starved() const;
  size_t counted_threads() const { return threads_ - strays_; }
  size_t most_threads() const;
  // There are more threads than would be started now.
  bool has_surplus() const { return members_.empty() || counted_threads() > most_threads(); }

  std::mutex mutex_;
  std::condition_variable work_;
  Members members_;  // the next in turn first
  Members left_;     // those that threads still work for
  size_t threads_ = 0;
  size_t strays_ = 0;  // of them, those that work for a walk that has left
  size_t sleepers_ = 0;
  size_t waking_ = 0;  // of them, those that were woken and have not taken the mutex yet
  uint64_t taken_ = 0;  // pieces of work, ever
  bool watched_ = false;
};

}  // namespace pwalk
