#include "core/parallel_encoder.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <optional>

namespace pwalk::parquet {
namespace {

constexpr auto patience = std::chrono::seconds(2);

}  // namespace

// Shared by the owner and the lanes. `mutex` guards the queue and the counters below it;
// `file_mutex` guards the file, and is never taken while `mutex` is held.
struct ParallelEncoder::State {
  struct Job {
    std::uint64_t id;
    BatchView batch;
  };

  State(EncoderOptions given, int fd, std::shared_ptr<EncoderListener> told)
      : options(std::move(given)), listener(std::move(told)), output(fd, cancelled), file(options, output) {}

  void run_lane();
  bool take(Job& job);
  int encode(RowGroup& group, const BatchView& batch);
  int flush(RowGroup& group);
  int finish_file();
  void fail(int with);
  void leave();
  template <class Step>
  void guarded(Step step);
  template <class Call>
  void tell(Call call);

  const EncoderOptions options;

  std::mutex listener_mutex;
  std::shared_ptr<EncoderListener> listener;

  std::atomic<bool> cancelled{false};
  std::atomic<int> error{0};

  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable ended;
  std::deque<Job> queue;
  bool finishing = false;
  bool wanted = false;  // finish was called: a footer is expected
  Metadata metadata;
  std::size_t lanes = 0;

  std::mutex file_mutex;
  Output output;
  FileWriter file;
};

void ParallelEncoder::State::fail(int with) {
  int none = 0;
  error.compare_exchange_strong(none, with);
}

// Runs a step and keeps its error. Memory that is missing is an error like any other.
template <class Step>
void ParallelEncoder::State::guarded(Step step) {
  try {
    if (const int failed = step()) fail(failed);
  } catch (const std::bad_alloc&) {
    fail(ENOMEM);
  }
}

// Held while the listener runs, so that `stop` can promise that it will not run any more.
template <class Call>
void ParallelEncoder::State::tell(Call call) {
  const std::lock_guard lock(listener_mutex);
  if (listener) call(*listener);
}

bool ParallelEncoder::State::take(Job& job) {
  std::unique_lock lock(mutex);
  work.wait(lock, [&] { return !queue.empty() || finishing; });
  if (queue.empty()) return false;
  job = std::move(queue.front());
  queue.pop_front();
  return true;
}

int ParallelEncoder::State::encode(RowGroup& group, const BatchView& batch) {
  if (!is_sound(batch, options.columns)) return unsound_batch;
  for (std::uint32_t row = 0; row < batch.rows;) {
    // Looked at between slices: after a cancel the batch's memory may go away.
    if (cancelled) return ECANCELED;
    row += group.append(batch, row);
    if (group.full()) {
      if (const int failed = flush(group)) return failed;
    }
  }
  return 0;
}

int ParallelEncoder::State::flush(RowGroup& group) {
  group.finish();
  const std::lock_guard lock(file_mutex);
  // Another lane's failed write has left the file in an unknown place.
  if (const int failed = error) return failed;
  const int failed = file.append(group);
  if (failed != 0) fail(failed);
  group.clear();
  return failed;
}

void ParallelEncoder::State::run_lane() {
  std::optional<RowGroup> group;
  guarded([&] {
    group.emplace(options);
    return 0;
  });
  for (Job job; take(job);) {
    // After an error batches are only given back.
    if (error == 0) guarded([&] { return encode(*group, job.batch); });
    tell([&](EncoderListener& told) { told.batch_done(job.id); });
  }
  if (error == 0 && !group->empty()) guarded([&] { return flush(*group); });
  leave();
}

// The last lane to leave writes the footer: every row group is in the file by then.
void ParallelEncoder::State::leave() {
  bool last;
  bool footer;
  {
    const std::lock_guard lock(mutex);
    last = lanes == 1;
    footer = wanted;
    if (!last) --lanes;
  }
  if (!last) return;
  if (footer && error == 0) guarded([&] { return finish_file(); });
  {
    const std::lock_guard lock(file_mutex);
    output.close();
  }
  tell([](EncoderListener& told) { told.stopped(); });
  const std::lock_guard lock(mutex);
  lanes = 0;
  ended.notify_all();
}

int ParallelEncoder::State::finish_file() {
  const std::lock_guard lock(file_mutex);
  return file.finish(metadata);
}

ParallelEncoder::ParallelEncoder(EncoderOptions options, int fd, std::shared_ptr<EncoderListener> listener)
    : state_(std::make_shared<State>(std::move(options), fd, std::move(listener))) {
  const unsigned lanes = std::max(1u, state_->options.lanes);
  state_->lanes = lanes;
  try {
    for (unsigned i = 0; i < lanes; ++i) {
      threads_.emplace_back([state = state_] { state->run_lane(); });
    }
  } catch (...) {
    {
      const std::lock_guard lock(state_->mutex);
      state_->lanes = threads_.size();
    }
    stop();
    throw;
  }
}

void ParallelEncoder::submit(std::uint64_t id, BatchView batch) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back({id, std::move(batch)});
  }
  state_->work.notify_one();
}

void ParallelEncoder::finish(Metadata metadata) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->metadata = std::move(metadata);
    state_->finishing = true;
    state_->wanted = true;
  }
  state_->work.notify_all();
}

void ParallelEncoder::cancel() {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->lanes == 0) return;  // it has ended already, as it may have
    state_->fail(ECANCELED);
    state_->cancelled = true;
    state_->finishing = true;
  }
  state_->work.notify_all();
}

void ParallelEncoder::stop() noexcept {
  if (threads_.empty()) return;
  cancel();
  bool ended = false;
  {
    std::unique_lock lock(state_->mutex);
    ended = state_->ended.wait_for(lock, patience, [&] { return state_->lanes == 0; });
  }
  {
    const std::lock_guard lock(state_->listener_mutex);
    state_->listener.reset();
  }
  for (std::thread& thread : threads_) {
    if (ended) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  threads_.clear();
}

const EncoderOptions& ParallelEncoder::options() const noexcept { return state_->options; }
int ParallelEncoder::error() const noexcept { return state_->error; }

std::uint64_t ParallelEncoder::rows() const noexcept {
  const std::lock_guard lock(state_->file_mutex);
  return state_->file.rows();
}

std::uint64_t ParallelEncoder::bytes() const noexcept {
  const std::lock_guard lock(state_->file_mutex);
  return state_->output.position();
}

}  // namespace pwalk::parquet
