#include "core/listing_pool.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "core/lister.hpp"
#include "core/spinning_lock.hpp"

namespace pwalk {
namespace {

// How long a thread waits for another walk when there is none.
constexpr auto linger = std::chrono::milliseconds(100);
// How long no thread may have taken anything up before they are thought to be held by their calls.
constexpr auto patience = std::chrono::milliseconds(100);

}  // namespace

ListingPool& ListingPool::shared() {
  // Never destroyed: its threads may outlive static destructors.
  static auto* const pool = new ListingPool;
  return *pool;
}

void ListingPool::join(std::shared_ptr<Lister> lister) {
  if (counted_threads() == 0) start_thread();
  members_.push_back({std::move(lister)});
}

void ListingPool::leave(const Lister& lister) {
  const auto member = std::ranges::find_if(members_, [&](const Member& one) { return one.lister.get() == &lister; });
  if (member == members_.end()) return;
  member->left = true;
  strays_ += member->at_work;
  if (member->at_work == 0) {
    members_.erase(member);
  } else {
    left_.splice(left_.end(), members_, member);
  }
  if (members_.empty()) {
    work_.notify_all();
  } else if (std::ranges::any_of(members_, [](const Member& one) { return one.lister->has_work(); })) {
    offer_work();
  }
}

void ListingPool::offer_work() {
  if (sleepers_ > 0) {
    if (waking_ == sleepers_) return;
    ++waking_;
    work_.notify_one();
  } else if (counted_threads() < most_threads()) {
    try_to_start_thread();
  } else if (!watched_ && is_somebody_starved()) {
    try {
      std::thread([this] { watch(); }).detach();
      watched_ = true;
    } catch (const std::system_error&) {
      // Those that are held have to come back.
    }
  }
}

void ListingPool::start_thread() {
  std::thread([this] { run(); }).detach();
  ++threads_;
}

void ListingPool::try_to_start_thread() {
  try {
    start_thread();
  } catch (const std::system_error&) {
  }
}

size_t ListingPool::most_threads() const {
  size_t most = 1;
  for (const Member& member : members_) most = std::max(most, member.lister->threads());
  return most;
}

bool ListingPool::is_somebody_starved() const {
  return std::ranges::any_of(members_, [](const Member& member) { return member.lister->is_starved(); });
}

void ListingPool::watch() {
  Lock lock(mutex_);
  while (is_somebody_starved()) {
    const uint64_t taken_before = taken_;
    lock.unlock();
    std::this_thread::sleep_for(patience);
    lock.lock();
    if (taken_ == taken_before && is_somebody_starved()) try_to_start_thread();
  }
  watched_ = false;
}

void ListingPool::run() {
  Lock lock(mutex_);
  for (;;) {
    const Work work = work_once(lock);
    // Others work in its place.
    if (work == Work::done_for_nobody && !members_.empty() && has_surplus()) break;
    if (work != Work::none) continue;
    ++sleepers_;
    bool time_is_up = false;
    if (has_surplus()) {
      time_is_up = work_.wait_for(lock, linger) == std::cv_status::timeout;
    } else {
      work_.wait(lock);
    }
    --sleepers_;
    if (waking_ > 0) --waking_;
    // The work it was to be woken for may have come at that moment.
    if (time_is_up && has_surplus() && work_once(lock) == Work::none) break;
  }
  --threads_;
}

ListingPool::Work ListingPool::work_once(Lock& lock) {
  for (size_t tried = members_.size(); tried > 0; --tried) {
    const auto member = members_.begin();
    members_.splice(members_.end(), members_, member);
    const std::shared_ptr<Lister> lister = member->lister;
    const PlannedRef directory = lister->take();
    if (!directory) continue;
    ++taken_;
    ++member->at_work;
    // Whoever had work meanwhile may have counted on this thread, which may not come back.
    if (lister->is_behind() || is_somebody_starved()) offer_work();
    thread_local std::vector<PlannedRef> freed;
    lister->take_back(freed);
    lock.unlock();
    freed.clear();
    Lister::Outcome outcome = lister->work(*directory);
    lock_spinning(lock);
    const Work work = end_work(member);
    if (lister->complete(*directory, std::move(outcome))) {
      lock.unlock();
      lister->wake();
      lock_spinning(lock);
    }
    return work;
  }
  return Work::none;
}

ListingPool::Work ListingPool::end_work(Members::iterator member) {
  --member->at_work;
  if (!member->left) return Work::done;
  --strays_;
  if (member->at_work == 0) left_.erase(member);
  return Work::done_for_nobody;
}

}  // namespace pwalk
