// The work that is known and not done, shared by the workers of one walk.
//
// Each worker has a deque. It pushes and takes at the back, so a walk goes deep before it goes wide
// and the frontier stays small; a worker whose deque is empty takes the oldest item of another one,
// which is the nearest to a root and so the largest piece of work there is.
//
// Room: where there is a store, items in memory take no more than it has room for (and a lane's step
// each). Whoever pushes beyond that writes the oldest items to the store, half of all, in segments; a
// segment is read back, the newest first, when no item is left in memory. So memory is the top of the
// walk's stack and the store the rest of it, and the walk goes deep first all the same.
//
// Termination: `unfinished_` counts items pushed and not yet reported done, wherever they are. An item's
// worker pushes what it finds before it reports the item done, so the count is zero only when no item
// is queued or stored and no worker can push another. The worker that takes it to zero ends the walk
// for all. Moving items to the store and back does not touch it.
//
// Later: items put off wait until nothing else is queued or under way; the worker whose done() sees
// that hands them out, all at once.
//
// Stop: items that can wait are not handed out any more; whoever meets one puts it aside, and it
// counts as done; so do segments, which stay where they are. What is under way is finished, with the
// items that cannot wait, and then the walk ends for all: what was put aside is what remains.
//
// Sleep: a worker that found every deque and the store empty registers as a sleeper and looks at
// `queued_` and `stored_` once more before it waits; whoever adds to these looks for sleepers after
// that. All in sequential consistency, so at least one sees the other: no wake-up is lost, and nothing
// polls. `queued_` is raised before the item can be taken and so never drops below zero; items on
// their way to the store are in neither count, and its writer wakes somebody when they have arrived.
//
// Locks: one thread at a time uses the store; it takes the locks of lanes meanwhile, never the other
// way round.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/item_store.hpp"

namespace pwalk {

template <class Item>
class Frontier {
 public:
  // What of the items can be put aside by stop(); all when not given.
  using CanWait = bool (*)(const Item&);
  using Store = ItemStore<Item>;

  // Without a store all items stay in memory; it outlives the frontier.
  explicit Frontier(size_t workers, CanWait can_wait = nullptr, Store* store = nullptr)
      : lanes_(workers), can_wait_(can_wait), store_(store), step_(store == nullptr ? 0 : store->room() / (8 * workers) + 1) {}

  // The lane of the worker that calls, unless nobody takes from lanes: then any. Throws what the store does.
  void push(size_t self, Item item) {
    unfinished_.fetch_add(1, std::memory_order_relaxed);
    const bool crowded = lanes_[self].add(std::move(item), store_, step_, &queued_);
    wake_one();
    if (crowded) make_room();
  }

  // As push(), but for when all else is done.
  void push_later(Item item) {
    unfinished_.fetch_add(1);
    if (later_.add(std::move(item), store_, step_, &later_count_)) make_room();
  }

  // Worker `self` only. Sleeps while there is nothing to take; empty when all is done or cancelled.
  // The worker reports the item with done(). Throws what the store does.
  std::optional<Item> next(size_t self) {
    for (;;) {
      if (ended_.load()) return std::nullopt;
      if (auto item = find(self)) {
        if (!must_wait(*item)) return item;
        put_aside(*std::move(item));
        continue;
      }
      if (stored_.load() != 0) {
        fetch(self);
        continue;
      }
      std::unique_lock lock(idle_);
      sleepers_.fetch_add(1);
      wake_.wait(lock, [this] { return ended_.load() || queued_.load() != 0 || stored_.load() != 0; });
      sleepers_.fetch_sub(1);
    }
  }

  // The item last taken, and all it led to, is pushed or finished.
  void done() { done(1); }

  // Ends the walk early: next() returns nothing from now on.
  void cancel() { end(); }

  // Ends the walk soon: what is under way is finished, and what can wait is put aside.
  void stop() { stopping_.store(true, std::memory_order_relaxed); }

  // Calls `see` for each item that was put aside: all of them once next() has returned nothing to every
  // worker. Throws what the store does.
  template <class See>
  void each_remaining(See see) {
    const std::lock_guard storing(store_mutex_);
    for (const Segment& segment : aside_.stored) store_->read(segment, [&](const Item& item) { see(item); });
    const std::lock_guard lock(aside_.mutex);
    for (const Item& item : aside_.items) see(item);
  }
  // Those of them in the store; `see` is called for the others.
  template <class See>
  size_t count_remaining(See see) {
    const std::lock_guard storing(store_mutex_);
    size_t count = 0;
    for (const Segment& segment : aside_.stored) count += segment.count;
    const std::lock_guard lock(aside_.mutex);
    for (const Item& item : aside_.items) see(item);
    return count;
  }

  size_t queued() const {
    return queued_.load(std::memory_order_relaxed) + stored_.load(std::memory_order_relaxed) +
           later_count_.load(std::memory_order_relaxed);
  }

  // Another item would be in memory without another having to go.
  bool has_room() const { return store_ == nullptr || bytes_in_memory() < store_->room(); }

 private:
  using Segment = typename Store::Segment;

  // Items in the order they came, the oldest of which may be in the store.
  struct alignas(64) Lane {
    std::mutex mutex;
    std::deque<Item> items;
    std::atomic<size_t> bytes{0};  // of the items; written under the lock
    size_t look_at = 0;            // bytes at which somebody adds up all lanes
    std::vector<Segment> stored;   // under the store's lock

    // True when it is time to look whether there is room.
    bool add(Item item, const Store* store, size_t step, std::atomic<size_t>* count) {
      const std::lock_guard lock(mutex);
      bool crowded = false;
      if (store != nullptr) {
        const size_t now = bytes.load(std::memory_order_relaxed) + store->bytes_of(item);
        bytes.store(now, std::memory_order_relaxed);
        if (look_at == 0) look_at = step;
        crowded = now >= look_at;
        if (crowded) look_at = now + step;
      }
      items.push_back(std::move(item));
      if (count != nullptr) count->fetch_add(1);
      return crowded;
    }
    // With the lock held.
    void taken(size_t less, size_t step) {
      const size_t now = bytes.load(std::memory_order_relaxed) - less;
      bytes.store(now, std::memory_order_relaxed);
      look_at = std::min(look_at, now + step);
    }
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
    if (store_ != nullptr) lane.taken(store_->bytes_of(*item), step_);
    queued_.fetch_sub(1);
    return item;
  }

  void done(size_t count) {
    if (unfinished_.fetch_sub(count) == count) return end();
    // Nobody can add to either count when they are equal: items are counted while they wait.
    if (later_count_.load() != 0 && unfinished_.load() == later_count_.load()) hand_out_later();
  }

  bool must_wait(const Item& item) const {
    return stopping_.load(std::memory_order_relaxed) && (can_wait_ == nullptr || can_wait_(item));
  }

  void put_aside(Item item) {
    if (aside_.add(std::move(item), store_, step_, nullptr)) make_room();
    done();
  }

  void hand_out_later() {
    std::deque<Item> items;
    {
      const std::lock_guard storing(store_mutex_);
      const std::lock_guard lock(later_.mutex);
      // Somebody else did.
      if (later_count_.load() == 0 || unfinished_.load() != later_count_.load()) return;
      items.swap(later_.items);
      later_.taken(later_.bytes.load(std::memory_order_relaxed), step_);
      later_count_.store(0);
      for (const Segment& segment : std::exchange(later_.stored, {})) {
        stored_.fetch_add(segment.count);
        stored_segments_.push_back(segment);
      }
    }
    wake_one();
    // They are counted as unfinished already, so the walk does not end before all are handed out.
    for (size_t i = 0; i < items.size(); ++i) {
      lanes_[i % lanes_.size()].add(std::move(items[i]), store_, step_, &queued_);
      wake_one();
    }
    make_room();
  }

  size_t bytes_in_memory() const {
    size_t sum = later_.bytes.load(std::memory_order_relaxed) + aside_.bytes.load(std::memory_order_relaxed);
    for (const Lane& lane : lanes_) sum += lane.bytes.load(std::memory_order_relaxed);
    return sum;
  }

  // Writes old items to the store until half of the room is free; those of the fullest lanes first.
  void make_room() {
    if (store_ == nullptr || has_room()) return;
    const std::lock_guard storing(store_mutex_);
    if (has_room()) return;
    // By what they had a moment ago: the counts go on changing, and sorting needs them to stay.
    std::vector<std::pair<size_t, Lane*>> fullest;
    const auto note = [&](Lane& lane) { fullest.emplace_back(lane.bytes.load(std::memory_order_relaxed), &lane); };
    note(later_);
    note(aside_);
    for (Lane& lane : lanes_) note(lane);
    std::ranges::sort(fullest, std::ranges::greater{});
    const size_t most = store_->room() / 2;
    for (const auto& [bytes, lane] : fullest) {
      for (size_t now = bytes_in_memory(); now > most && store_some(*lane, now - most); now = bytes_in_memory()) {
      }
    }
  }

  // One segment of the oldest items that can be stored; false when there is none.
  bool store_some(Lane& lane, size_t enough) {
    size_t count = 0, bytes = 0;
    {
      const std::lock_guard lock(lane.mutex);
      std::vector<Item> kept;
      while (!lane.items.empty() && bytes < enough) {
        Item& oldest = lane.items.front();
        if (!store_->is_storable(oldest)) {
          kept.push_back(std::move(oldest));
        } else if (store_->add(oldest)) {
          bytes += store_->bytes_of(oldest);
          ++count;
        } else {
          break;
        }
        lane.items.pop_front();
      }
      while (!kept.empty()) {
        lane.items.push_front(std::move(kept.back()));
        kept.pop_back();
      }
      lane.taken(bytes, step_);
      if (&lane != &later_ && &lane != &aside_) queued_.fetch_sub(count);
    }
    if (count == 0) return false;
    const Segment segment = store_->write();
    if (&lane == &later_ || &lane == &aside_) {
      lane.stored.push_back(segment);
    } else {
      stored_segments_.push_back(segment);
      stored_.fetch_add(count);
      wake_one();
    }
    return true;
  }

  // The segment that was stored last, for whoever finds nothing in memory; or aside with all of them.
  void fetch(size_t self) {
    size_t put_aside = 0;
    {
      const std::lock_guard storing(store_mutex_);
      if (queued_.load() != 0 || stored_segments_.empty()) return;
      if (stopping_.load(std::memory_order_relaxed)) {
        put_aside = stored_.exchange(0);
        aside_.stored.insert(aside_.stored.end(), stored_segments_.begin(), stored_segments_.end());
        stored_segments_.clear();
      } else {
        const Segment segment = stored_segments_.back();
        store_->read(segment, [&](Item item) { lanes_[self].add(std::move(item), store_, step_, &queued_); });
        stored_segments_.pop_back();
        store_->free(segment);
        stored_.fetch_sub(segment.count);
      }
    }
    if (put_aside != 0) {
      done(put_aside);
    } else if (sleepers_.load() != 0) {
      const std::lock_guard lock(idle_);
      wake_.notify_all();
    }
  }

  void wake_one() {
    if (sleepers_.load() == 0) return;
    const std::lock_guard lock(idle_);
    wake_.notify_one();
  }

  void end() {
    const std::lock_guard lock(idle_);
    ended_.store(true);
    wake_.notify_all();
  }

  std::vector<Lane> lanes_;
  const CanWait can_wait_;
  Store* const store_;
  const size_t step_;
  std::atomic<bool> stopping_{false};
  Lane aside_;
  std::atomic<size_t> unfinished_{0};
  std::atomic<size_t> queued_{0};
  std::mutex store_mutex_;
  std::vector<Segment> stored_segments_;
  std::atomic<size_t> stored_{0};  // items in them
  std::atomic<size_t> sleepers_{0};
  std::atomic<bool> ended_{false};
  Lane later_;
  std::atomic<size_t> later_count_{0};
  std::mutex idle_;
  std::condition_variable wake_;
};

}  // namespace pwalk
