#include "core/walk.hpp"

#include <cerrno>
#include <csignal>
#include <exception>
#include <new>
#include <system_error>
#include <thread>

#include <pthread.h>

#include "core/remaining_work.hpp"
#include "core/worker.hpp"

namespace pwalk {
namespace {

// Blocks all signals while it lives: threads started meanwhile leave them to the others.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

std::shared_ptr<Walk> Walk::start(WalkOptions options, std::function<void()> wake) {
  // Read once, and not kept: it may be large.
  const std::optional<std::string> remaining = std::exchange(options.remaining, std::nullopt);
  auto walk = std::make_shared<Walk>(std::move(options), std::move(wake));
  WalkState& state = walk->state_;
  const size_t threads = state.options.threads;
  if (state.options.roots.empty() && !remaining) {
    state.queue.end();
    return walk;
  }
  try {
    walk->push_work(remaining);
  } catch (const SpillError& error) {
    walk->fail(error);
    return walk;
  }
  const SignalsBlocked blocked;
  {
    const std::lock_guard lock(walk->mutex_);
    walk->start_worker(0);
  }
  walk->resize(threads);
  walk->start_watchdog();
  if (state.options.adapts()) walk->start_control();
  return walk;
}

void Walk::resize(size_t threads) {
  state_.threads.store(threads, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  try {
    for (size_t index = 0; index < threads; ++index) start_worker(index);
  } catch (const std::exception&) {
    // The process may have no more threads. Fewer do as well: others steal what these were given.
  }
}

// Unless it is at work, or the walk is over. Mutex held, indices in turn.
void Walk::start_worker(size_t index) {
  if (is_over_ || (index < at_work_.size() && at_work_[index])) return;
  if (index == workers_.size()) {
    at_work_.push_back(false);
    workers_.push_back(std::make_shared<Worker>(state_, index));
  }
  std::thread([walk = shared_from_this(), worker = workers_[index]] { walk->run(worker); }).detach();
  at_work_[index] = true;
  ++live_threads_;
}

// The roots, last first: a worker takes the newest of its own. Or what an earlier walk has left, in the
// order in which that left it. Round robin.
void Walk::push_work(const std::optional<std::string>& remaining) {
  if (!remaining) {
    const std::vector<std::string>& roots = state_.options.roots;
    for (size_t i = roots.size(); i-- > 0;) push(i, Directory::root(roots[i], &state_.directories));
    return;
  }
  size_t lane = 0;
  read_remaining(*remaining, state_.stand_ins, &state_.directories, [&](WorkItem item) { push(lane++, std::move(item)); });
  if (!state_.options.retry_degraded) return;
  for (Mount& mount : state_.stand_ins) mount.degraded.store(false, std::memory_order_relaxed);
}

void Walk::push(size_t lane, WorkItem item) {
  if (const auto* found = std::get_if<PendingDirectory>(&item)) {
    ++state_.accounting.read;  // by the other walk, which left it to this one
    found->parent()->users.fetch_add(1, std::memory_order_relaxed);
  }
  state_.frontier.push(lane % state_.options.threads, std::move(item));
}

void Walk::run(const std::shared_ptr<Worker>& worker) {
  pthread_setname_np(pthread_self(), "pwalk");
  try {
    worker->run();
  } catch (const Abandoned&) {
    const std::lock_guard lock(mutex_);
    --given_up_;
    return;
  } catch (const SpillError& error) {
    fail(error);
  } catch (const std::bad_alloc&) {
    fail(ENOMEM, "out of memory");
  } catch (const std::exception& error) {
    fail(EIO, error.what());
  }
  thread_ended(worker->index());
}

void Walk::start_watchdog() {
  const auto look_after = [walk = shared_from_this()] {
    pthread_setname_np(pthread_self(), "pwalk-watchdog");
    try {
      walk->watchdog_.run([&walk] { return walk->workers(); },
                          [&walk](size_t index, std::shared_ptr<Worker> heir) { walk->replace(index, std::move(heir)); });
    } catch (const std::exception& error) {
      walk->fail(ENOMEM, error.what());
    }
  };
  try {
    std::thread(look_after).detach();
  } catch (const std::system_error&) {
    // No thread is left for it. The walk can do without, as long as everything answers.
  }
}

void Walk::start_control() {
  const auto control = [walk = shared_from_this()] {
    pthread_setname_np(pthread_self(), "pwalk-control");
    try {
      walk->control_.run([&walk] { return walk->workers(); }, [&walk](size_t threads) { walk->resize(threads); });
    } catch (const std::exception& error) {
      walk->fail(ENOMEM, error.what());
    }
  };
  try {
    std::thread(control).detach();
  } catch (const std::system_error&) {
    // No thread is left for it, nor for more workers.
  }
}

std::vector<std::shared_ptr<Worker>> Walk::workers() const {
  const std::lock_guard lock(mutex_);
  return workers_;
}

// The thread of the worker that was given up counts as ended: its heir's takes its place.
void Walk::replace(size_t index, std::shared_ptr<Worker> heir) {
  {
    const std::lock_guard lock(mutex_);
    ++given_up_;
    workers_[index] = heir;
  }
  std::thread([walk = shared_from_this(), heir = std::move(heir)] { walk->run(heir); }).detach();
}

void Walk::fail(const SpillError& error) {
  fail(error.error(), error.what(), error.error() == 0 ? WalkFailure::Of::spill_limit : WalkFailure::Of::spill);
}

void Walk::fail(int error, std::string message, WalkFailure::Of of) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = WalkFailure{error, std::move(message), of};
  }
  cancel();
}

void Walk::thread_ended(size_t index) {
  {
    const std::lock_guard lock(mutex_);
    at_work_[index] = false;
    if (--live_threads_ != 0) return;
    is_over_ = true;
    if (state_.cancelled()) state_.spill.close();
    ended_.notify_all();
  }
  watchdog_.stop();
  control_.stop();
  state_.queue.end();
}

std::optional<WalkFailure> Walk::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Walk::cancel() {
  state_.cancel_flag.store(true, std::memory_order_relaxed);
  state_.frontier.cancel();
  state_.descriptors.cancel();
  state_.queue.cancel();
  // Disk space is not held until the last reference to the walk is gone, which a thread that hangs may have.
  const std::lock_guard lock(mutex_);
  if (live_threads_ == 0) state_.spill.close();
}

bool Walk::wait_ended(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return ended_.wait_until(lock, deadline, [this] { return live_threads_ == 0; });
}

// What is left to another walk was read, and is for that one to account for.
Accounting Walk::accounting() {
  Accounting books;
  {
    const std::lock_guard lock(state_.accounting_mutex);
    books = state_.accounting;
  }
  books.read -= state_.frontier.count_remaining([&](const WorkItem& item) { books.read -= std::holds_alternative<PendingDirectory>(item); });
  return books;
}

std::optional<std::string> Walk::remaining() {
  RemainingWriter left;
  bool any = false;
  state_.frontier.each_remaining([&](const WorkItem& item) {
    left.add(item);
    any = true;
  });
  return any ? std::optional(std::move(left).finish()) : std::nullopt;
}

WalkProgress Walk::progress() const {
  const std::lock_guard lock(mutex_);
  return {state_.rows.load(std::memory_order_relaxed), state_.frontier.queued(), state_.queue.waiting(),
          state_.queue.blocked(), live_threads_, given_up_, state_.spill.written()};
}

}  // namespace pwalk
