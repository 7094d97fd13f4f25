// The work that is known and not done, shared by the workers of one walk.
//
// Each worker has a deque. It pushes and takes at the back, so a walk goes deep before it goes wide
// and the frontier stays small; a worker whose deque is empty takes the oldest item of another one,
// which is the nearest to a root and so the largest piece of work there is.
//
// Termination: `unfinished_` counts items pushed and not yet reported done. An item's worker pushes
// what it finds before it reports the item done, so the count is zero only when no item is queued
// and no worker can push another. The worker that takes it to zero ends the walk for all.
//
// Later: items put off wait until nothing else is queued or under way; the worker whose done() sees
// that hands them out, all at once.
//
// Stop: items that can wait are not handed out any more; whoever meets one puts it aside, and it
// counts as done. What is under way is finished, with the items that cannot wait, and then the walk
// ends for all: what was put aside is what remains.
//
// Sleep: a worker that found every deque empty registers as a sleeper and looks at `queued_` once
// more before it waits; a pusher raises `queued_` and then looks for sleepers. Both in sequential
// consistency, so at least one sees the other: no wake-up is lost, and nothing polls. `queued_` is
// raised before the item can be taken and so never drops below zero.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace pwalk {

template <class Item>
class Frontier {
 public:
  // What of the items can be put aside by stop(); all when not given.
  using CanWait = bool (*)(const Item&);

  explicit Frontier(size_t workers, CanWait can_wait = nullptr) : lanes_(workers), can_wait_(can_wait) {}

  // The lane of the worker that calls, unless nobody takes from lanes: then any.
  void push(size_t self, Item item) {
    unfinished_.fetch_add(1, std::memory_order_relaxed);
    {
      const std::lock_guard lock(lanes_[self].mutex);
      lanes_[self].items.push_back(std::move(item));
      queued_.fetch_add(1);
    }
    if (sleepers_.load() != 0) {
      const std::lock_guard lock(idle_);
      wake_.notify_one();
    }
  }

  // As push(), but for when all else is done.
  void push_later(Item item) {
    const std::lock_guard lock(later_mutex_);
    later_.push_back(std::move(item));
    later_count_.store(later_.size());
    unfinished_.fetch_add(1);
  }

  // Worker `self` only. Sleeps while there is nothing to take; empty when all is done or cancelled.
  // The worker reports the item with done().
  std::optional<Item> next(size_t self) {
    for (;;) {
      if (ended_.load()) return std::nullopt;
      if (auto item = find(self)) {
        if (!must_wait(*item)) return item;
        put_aside(*std::move(item));
        continue;
      }
      std::unique_lock lock(idle_);
      sleepers_.fetch_add(1);
      wake_.wait(lock, [this] { return ended_.load() || queued_.load() != 0; });
      sleepers_.fetch_sub(1);
    }
  }

  // The item last taken, and all it led to, is pushed or finished.
  void done() {
    if (unfinished_.fetch_sub(1) == 1) return end();
    if (later_count_.load() != 0) hand_out_later();
  }

  // Ends the walk early: next() returns nothing from now on.
  void cancel() { end(); }

  // Ends the walk soon: what is under way is finished, and what can wait is put aside.
  void stop() { stopping_.store(true, std::memory_order_relaxed); }

  // Calls `see` for each item that was put aside: all of them once next() has returned nothing to every worker.
  template <class See>
  void each_remaining(See see) const {
    const std::lock_guard lock(aside_mutex_);
    for (const Item& item : aside_) see(item);
  }

  size_t queued() const {
    return queued_.load(std::memory_order_relaxed) + later_count_.load(std::memory_order_relaxed);
  }

 private:
  struct alignas(64) Lane {
    std::mutex mutex;
    std::deque<Item> items;
  };

  // The newest of its own, else the oldest of another's.
  std::optional<Item> find(size_t self) {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (auto item = take((self + i) % lanes_.size(), i == 0)) return item;
    }
    return std::nullopt;
  }

  std::optional<Item> take(size_t lane_index, bool newest) {
    Lane& lane = lanes_[lane_index];
    const std::lock_guard lock(lane.mutex);
    if (lane.items.empty()) return std::nullopt;
    std::optional<Item> item;
    if (newest) {
      item.emplace(std::move(lane.items.back()));
      lane.items.pop_back();
    } else {
      item.emplace(std::move(lane.items.front()));
      lane.items.pop_front();
    }
    queued_.fetch_sub(1);
    return item;
  }

  bool must_wait(const Item& item) const {
    return stopping_.load(std::memory_order_relaxed) && (can_wait_ == nullptr || can_wait_(item));
  }

  void put_aside(Item item) {
    {
      const std::lock_guard lock(aside_mutex_);
      aside_.push_back(std::move(item));
    }
    done();
  }

  void hand_out_later() {
    std::deque<Item> items;
    {
      const std::lock_guard lock(later_mutex_);
      // Items are counted while they wait here: are they all there is?
      if (later_.empty() || unfinished_.load() != later_.size()) return;
      items.swap(later_);
      later_count_.store(0);
    }
    // Counted twice until all are handed out, so that the walk does not end before.
    const size_t count = items.size();
    for (size_t i = 0; i < count; ++i) push(i % lanes_.size(), std::move(items[i]));
    if (unfinished_.fetch_sub(count) == count) end();
  }

  void end() {
    const std::lock_guard lock(idle_);
    ended_.store(true);
    wake_.notify_all();
  }

  std::vector<Lane> lanes_;
  const CanWait can_wait_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex aside_mutex_;
  std::vector<Item> aside_;
  std::atomic<size_t> unfinished_{0};
  std::atomic<size_t> queued_{0};
  std::atomic<size_t> sleepers_{0};
  std::atomic<bool> ended_{false};
  std::mutex later_mutex_;
  std::deque<Item> later_;
  std::atomic<size_t> later_count_{0};
  std::mutex idle_;
  std::condition_variable wake_;
};

}  // namespace pwalk
