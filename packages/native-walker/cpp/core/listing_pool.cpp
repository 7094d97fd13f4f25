#include "core/listing_pool.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "core/lister.hpp"

namespace pwalk {
namespace {

// How long a thread waits for another walk when there is none.
constexpr auto linger = std::chrono::milliseconds(100);

}  // namespace

ListingPool& ListingPool::shared() {
  // Never destroyed: its threads may outlive static destructors.
  static auto* const pool = new ListingPool;
  return *pool;
}

void ListingPool::join(std::shared_ptr<Lister> lister) {
  if (threads_ == 0) start_thread();
  listers_.push_back(std::move(lister));
}

void ListingPool::leave(const Lister& lister) {
  std::erase_if(listers_, [&](const auto& known) { return known.get() == &lister; });
  if (listers_.empty()) work_.notify_all();
}

void ListingPool::offer_work() {
  if (sleepers_ > 0) {
    work_.notify_one();
    return;
  }
  if (threads_ >= most_threads()) return;
  try {
    start_thread();
  } catch (const std::system_error&) {
    // Fewer threads do the same work more slowly.
  }
}

void ListingPool::start_thread() {
  std::thread([this] { run(); }).detach();
  ++threads_;
}

size_t ListingPool::most_threads() const {
  size_t most = 1;
  for (const auto& lister : listers_) most = std::max(most, lister->threads());
  return most;
}

void ListingPool::run() {
  Lock lock(mutex_);
  for (;;) {
    if (work_once(lock)) continue;
    ++sleepers_;
    bool time_is_up = false;
    if (listers_.empty()) {
      time_is_up = work_.wait_for(lock, linger) == std::cv_status::timeout && listers_.empty();
    } else {
      work_.wait(lock);
    }
    --sleepers_;
    if (time_is_up) break;
  }
  --threads_;
}

bool ListingPool::work_once(Lock& lock) {
  for (size_t tried = listers_.size(); tried > 0; --tried) {
    const std::shared_ptr<Lister> lister = listers_.front();
    listers_.splice(listers_.end(), listers_, listers_.begin());
    const PlannedRef directory = lister->take();
    if (!directory) continue;
    if (lister->has_work()) offer_work();
    lock.unlock();
    Lister::Outcome outcome = lister->work(*directory);
    lock.lock();
    if (lister->complete(*directory, std::move(outcome))) {
      lock.unlock();
      lister->wake();
      lock.lock();
    }
    return true;
  }
  return false;
}

}  // namespace pwalk
