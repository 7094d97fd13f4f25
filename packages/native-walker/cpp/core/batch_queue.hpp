// The bounded queue between the workers and the one consumer, and the walk's backpressure: a worker
// whose batch does not fit sleeps until the consumer takes one.
//
// The consumer never sleeps here. poll() either has an answer or arms the queue; an armed queue
// calls `wake` once, from the thread that changed the answer and outside the lock, and is disarmed.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/batch_builder.hpp"

namespace pwalk {

using BatchPtr = std::unique_ptr<BatchBuilder>;

// push() and end() belong to the workers, poll() to the consumer, cancel() and the counts to all.
class BatchQueue {
 public:
  enum class Poll { batch, armed, ended };

  BatchQueue(size_t capacity, std::function<void()> wake) : capacity_(capacity), wake_(std::move(wake)) {}

  // Sleeps while the queue is full. A batch pushed after cancel() is dropped.
  void push(BatchPtr batch) {
    std::unique_lock lock(mutex_);
    if (batches_.size() >= capacity_ && !ended_) {
      ++blocked_;
      space_.wait(lock, [this] { return batches_.size() < capacity_ || ended_; });
      --blocked_;
    }
    if (ended_) return;
    batches_.push_back(std::move(batch));
    tell(lock);
  }

  // The workers are done: the consumer gets what is queued, then the end.
  void end() {
    std::unique_lock lock(mutex_);
    ended_ = true;
    tell(lock);
  }

  // Drops what is queued; everybody who sleeps wakes. Takes no memory: it is what a walk that has none
  // left ends with.
  void cancel() {
    std::unique_lock lock(mutex_);
    ended_ = true;
    batches_.clear();
    space_.notify_all();
    tell(lock);
  }

  Poll poll(BatchPtr& batch) {
    const std::lock_guard lock(mutex_);
    if (!batches_.empty()) {
      batch = std::move(batches_.front());
      batches_.pop_front();
      space_.notify_one();
      return Poll::batch;
    }
    if (ended_) return Poll::ended;
    armed_ = true;
    return Poll::armed;
  }

  size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return batches_.size();
  }
  size_t blocked() const {
    const std::lock_guard lock(mutex_);
    return blocked_;
  }

 private:
  void tell(std::unique_lock<std::mutex>& lock) {
    const bool armed = std::exchange(armed_, false);
    lock.unlock();
    if (armed && wake_) wake_();
  }

  mutable std::mutex mutex_;
  std::condition_variable space_;
  std::deque<BatchPtr> batches_;
  const size_t capacity_;
  const std::function<void()> wake_;
  size_t blocked_ = 0;
  bool armed_ = false;
  bool ended_ = false;
};

// Builders that are not in use, with the memory they have grown to: as many as workers, queue and
// consumer ever held at once. Any thread.
class BatchPool {
 public:
  BatchPool(ColumnSet columns, BatchLimits limits) : columns_(columns), limits_(limits) {}

  BatchPtr take() {
    {
      const std::lock_guard lock(mutex_);
      if (!spare_.empty()) {
        BatchPtr batch = std::move(spare_.back());
        spare_.pop_back();
        return batch;
      }
    }
    return std::make_unique<BatchBuilder>(columns_, limits_);
  }

  void give(BatchPtr batch) {
    batch->reset();
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(batch));
  }

 private:
  const ColumnSet columns_;
  const BatchLimits limits_;
  std::mutex mutex_;
  std::vector<BatchPtr> spare_;
};

}  // namespace pwalk
