#include "core/walk.hpp"

#include <cerrno>
#include <csignal>
#include <exception>
#include <new>
#include <system_error>
#include <thread>

#include <pthread.h>

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
  auto walk = std::make_shared<Walk>(std::move(options), std::move(wake));
  WalkState& state = walk->state_;
  const size_t threads = state.options.threads;
  if (state.options.roots.empty()) {
    state.queue.end();
    return walk;
  }
  // Round robin, last first: a worker takes the newest of its own.
  for (size_t i = state.options.roots.size(); i-- > 0;) {
    state.frontier.push(i % threads, Directory::root(state.options.roots[i]));
  }
  walk->live_threads_ = threads;
  const SignalsBlocked blocked;
  for (size_t i = 0; i < threads; ++i) walk->workers_.push_back(std::make_shared<Worker>(state, i));
  for (size_t i = 0; i < threads; ++i) {
    try {
      std::thread([walk, worker = walk->workers_[i]] { walk->run(worker); }).detach();
    } catch (const std::exception&) {
      // The process may have no more threads. Fewer do as well: others steal what these were given.
      walk->threads_ended(threads - i);
      if (i == 0) throw;
      break;
    }
  }
  walk->start_watchdog();
  return walk;
}

void Walk::run(const std::shared_ptr<Worker>& worker) {
  pthread_setname_np(pthread_self(), "pwalk");
  try {
    worker->run();
  } catch (const Abandoned&) {
    const std::lock_guard lock(mutex_);
    --given_up_;
    return;
  } catch (const std::bad_alloc&) {
    fail(ENOMEM, "out of memory");
  } catch (const std::exception& error) {
    fail(EIO, error.what());
  }
  threads_ended(1);
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

void Walk::fail(int error, std::string message) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = WalkFailure{error, std::move(message)};
  }
  cancel();
}

void Walk::threads_ended(size_t count) {
  {
    const std::lock_guard lock(mutex_);
    live_threads_ -= count;
    if (live_threads_ != 0) return;
    ended_.notify_all();
  }
  watchdog_.stop();
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
}

bool Walk::wait_ended(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return ended_.wait_until(lock, deadline, [this] { return live_threads_ == 0; });
}

Accounting Walk::accounting() {
  const std::lock_guard lock(state_.accounting_mutex);
  return state_.accounting;
}

WalkProgress Walk::progress() const {
  const std::lock_guard lock(mutex_);
  return {state_.rows.load(std::memory_order_relaxed), state_.frontier.queued(), state_.queue.waiting(),
          state_.queue.blocked(), live_threads_, given_up_};
}

}  // namespace pwalk
