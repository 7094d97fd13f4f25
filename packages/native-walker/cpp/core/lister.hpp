#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/listing_pool.hpp"
#include "core/planned_directory.hpp"

namespace pwalk {

struct ListerOptions {
  std::string top;
  // Whether directories are entered that turn out to be symbolic links. The top always is.
  bool enter_links = true;
  size_t threads = 1;             // that may work for this walk at a time
  size_t window = 0;              // directories read ahead and not delivered; 0: none is
  size_t window_bytes = 0;        // and their names; each thread may exceed it by one directory, no larger than this
  bool trust_all = false;         // read ahead also where directory times may lie
  ListingRules rules;
};

struct ListerProgress {
  size_t ahead;        // directories read or being read and not delivered
  size_t ahead_bytes;  // of their names
  size_t busy_threads;
};

// Lists the directories of one walk as the caller enters them, in whatever order he likes, with what
// a listing at that very moment would give; in truth most were read before, by threads that guess
// that he goes on in the order of the listings.
//
// The caller's position is a stack of directories: visit(depth, name) leaves all below `depth`, which
// drops what was read ahead there, and enters `name` in the directory that is left on top.
//
// Which directory is read next: `plan_` has, in the order in which the caller would get there, every
// directory that is being read and every one that has children to be read. The first child of the
// first that is not being read is next; it takes its place before its parent, whose other children
// come after everything below it.
//
// Lifetime: shared by its owner and, while a thread works for it, the pool. Nothing in it points to the
// owner but `wake`, which must be safe to call at any time.
// Threads: visit(), resume() and replan() on one thread; cancel(), wait_ended() and progress() on any. All is guarded
// by the mutex of the pool, which nobody holds during a call to the kernel, and whose holder frees little: what
// the caller leaves is freed by a thread at work, or before his next step. A step may end as `listed` though
// cancel() came meanwhile.
class Lister : public std::enable_shared_from_this<Lister> {
 public:
  enum class Step : uint8_t {
    listed,   // see current()
    is_link,  // a symbolic link, and those are not entered
    failed,   // see current().error
    pending,  // `wake` is called when resume() may know more
    closed,
  };
  enum class Wait : uint8_t { never, block };

  // Throws what std::thread did when the pool has no thread and cannot start one.
  static std::shared_ptr<Lister> start(ListerOptions options, std::function<void()> wake);
  Lister(ListerOptions options, std::function<void()> wake);

  // With Wait::block the listing is made on this thread where it was not read ahead, and the step is
  // never `pending`.
  Step visit(size_t depth, std::string_view name, Wait wait);
  Step resume();
  // What the last step listed or failed with. The caller may empty it.
  Listing& current() { return current_->listing; }
  // The caller will enter these directories of the one at `depth` instead, in this order.
  void replan(size_t depth, const std::vector<std::string>& names);

  // Drops everything and tells the threads; does not wait for them.
  void cancel();
  // Waits until no thread works for this any more; false when one still does by then.
  bool wait_ended(std::chrono::steady_clock::time_point deadline);
  ListerProgress progress() const;

  // For the pool. With its mutex held: a directory to work on, or none.
  PlannedRef take();
  // What the thread that took one is to free when it does not hold the mutex.
  void take_back(std::vector<PlannedRef>& into) { handed_back_.swap(into); }
  bool has_work() const;
  // So much of it that a thread is to be woken.
  bool is_behind() const { return has_work() && (demanded_ || ahead_ <= room_for_next() / 2); }
  // The caller waits for a directory, and no thread works for this.
  bool is_starved() const { return !cancelled_ && demanded_ && busy_ == 0; }
  size_t threads() const { return options_.threads; }
  // Without it: does the work. With it: what comes of it, and whether wake() is to be called.
  struct Outcome {
    Listing listing;
    std::vector<PlannedChild> children;
    bool replaced = false;  // the listing is a new one
  };
  Outcome work(PlannedDirectory& directory) const;
  bool complete(PlannedDirectory& directory, Outcome outcome);
  void wake() const { wake_(); }

 private:
  using Lock = std::unique_lock<std::mutex>;
  using State = PlannedDirectory::State;

  PlannedRef enter(size_t depth, std::string_view name);
  PlannedRef expected_child(PlannedDirectory& parent, std::string_view name);
  // Drops it, and has it freed when the lock is not held.
  void leave_behind(PlannedRef directory);
  // Leaves what was left behind to a thread to free.
  void hand_back();
  Step proceed(Lock& lock, Wait wait);
  void refill();
  bool is_quick_to_validate(const Listing& listing, Wait wait) const;
  Step settle();
  // Leaves it to the pool, or does it here and now.
  void demand(Lock& lock, Wait wait);
  Outcome attempt(PlannedDirectory& directory) const;
  std::vector<PlannedChild> children_of(const Listing& listing) const;
  bool reads_ahead(const Listing& listing) const;
  void count_in(PlannedDirectory& directory, size_t bytes);
  void count_out(PlannedDirectory& directory);
  void plan_before(ReadingPlan::iterator place, PlannedDirectory& directory);
  void unplan(PlannedDirectory& directory);
  // Forgets the directory and all below it.
  void drop(PlannedRef directory);
  void drop_children(PlannedDirectory& directory);
  // Whether who waits for current_ is woken now that something was completed.
  bool is_time_to_wake();
  // Wakes who blocks; true when `wake` is to be called for who does not.
  bool wakes_by_callback();
  // How many directories may be ahead for one more thread to read on.
  size_t room_for_next() const;
  bool window_is_open() const { return ahead_ < room_for_next() && ahead_bytes_ < options_.window_bytes; }

  const ListerOptions options_;
  const std::function<void()> wake_;
  ListingPool& pool_;

  std::vector<PlannedRef> entered_;  // the caller's position, top first
  PlannedRef current_;               // of the last visit()
  std::vector<PlannedRef> left_behind_;  // dropped; of the caller's thread alone, without the lock
  std::vector<PlannedRef> handed_back_;  // of them, those that a thread is to free
  PlannedRef demanded_;              // for the pool to take before anything else
  bool awaited_ = false;             // current_ is pending, or somebody blocks for it
  bool blocking_ = false;
  std::optional<std::chrono::steady_clock::time_point> overdue_;  // when a held back wake must be given
  ReadingPlan plan_;
  size_t ahead_ = 0;
  size_t ahead_bytes_ = 0;
  size_t ready_ = 0;  // of those ahead, listed
  size_t busy_ = 0;   // threads working for this
  bool cancelled_ = false;
  std::condition_variable changed_;  // who blocks is to wake, or no thread works any more
};

}  // namespace pwalk
