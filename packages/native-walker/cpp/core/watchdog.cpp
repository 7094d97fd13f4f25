#include "core/watchdog.hpp"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "core/mount_info.hpp"

namespace pwalk {
namespace {

using namespace std::chrono_literals;

// A mount that was given up answers nobody: its other calls are not waited for as long again.
constexpr auto patience_with_degraded = 1s;
constexpr auto longest_tick = 1000ms;
constexpr auto shortest_tick = 5ms;

std::string absolute(std::string path) {
  if (path.starts_with('/')) return path;
  char* const here = ::getcwd(nullptr, 0);
  if (here == nullptr) return path;
  path = std::string(here) + '/' + path;
  ::free(here);
  return path;
}

}  // namespace

void Watchdog::run(const std::function<std::vector<std::shared_ptr<Worker>>()>& workers, const Replace& replace) {
  const auto tick = std::clamp<Clock::duration>(shortest_wait() / 10, shortest_tick, longest_tick);
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, tick, [this] { return stop_; })) {
    lock.unlock();
    const auto now = Clock::now();
    const auto at_work = workers();
    seen_.resize(at_work.size());
    for (size_t i = 0; i < at_work.size(); ++i) look_at(i, at_work[i], now, replace);
    lock.lock();
  }
}

void Watchdog::stop() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  stopped_.notify_all();
}

void Watchdog::look_at(size_t index, const std::shared_ptr<Worker>& worker, Clock::time_point now, const Replace& replace) {
  OperationClock& clock = worker->clock();
  const uint64_t word = clock.word();
  Seen& seen = seen_[index];
  if (word != seen.word) seen = {word, now, false};
  if (!OperationClock::is_calling(word)) return;
  const auto age = now - seen.since;
  if (age < shortest_wait() || !clock.hold(word)) return;
  const OperationClock::Call call = clock.call();
  const bool overdue = is_overdue(call, age);
  if (!overdue && (seen.told || age < state_.options.warn_after)) return clock.let_go();
  const Place place = place_of(call);
  seen.told = true;
  // Once for each mount, however many threads wait for it.
  if ((overdue ? given_up_ : told_).insert(place.mount_point).second) {
    state_.notes.slow_call({.operation = call.operation,
                            .path = place.path,
                            .mount_point = place.mount_point,
                            .mount_type = place.mount_type,
                            .seconds = std::chrono::duration<double>(age).count(),
                            .given_up = overdue});
  }
  if (!overdue) return clock.let_go();
  if (Mount* mount = call.directory->mount; mount != nullptr && !place.is_elsewhere) {
    mount->degraded.store(true, std::memory_order_relaxed);
  }
  std::shared_ptr<Worker> heir;
  try {
    heir = std::make_shared<Worker>(Worker::Heir{}, *worker);
  } catch (...) {
    clock.let_go();
    throw;
  }
  clock.abandon();
  seen = {};
  replace(index, std::move(heir));
}

// Calls younger than this need no look.
Watchdog::Clock::duration Watchdog::shortest_wait() const {
  const Clock::duration wait = std::min<Clock::duration>(state_.options.warn_after, patience_with_degraded);
  return state_.options.op_timeout > 0ms ? std::min<Clock::duration>(wait, state_.options.op_timeout) : wait;
}

bool Watchdog::is_overdue(const OperationClock::Call& call, Clock::duration age) const {
  if (state_.options.op_timeout == 0ms) return false;
  const Mount* mount = call.directory->mount;
  const bool degraded = mount != nullptr && mount->degraded.load(std::memory_order_relaxed);
  return age >= state_.options.op_timeout || (degraded && age >= patience_with_degraded);
}

Watchdog::Place Watchdog::place_of(const OperationClock::Call& call) {
  const Directory& directory = *call.directory;
  Place place;
  place.path = call.name == nullptr ? path_of(directory) : path_of(directory, call.name);
  std::string real = call.fd < 0 ? absolute(path_of(directory)) : path_of_descriptor(call.fd);
  if (call.name != nullptr) {
    if (real != "/") real += '/';
    real += call.name;
  }
  const auto by_path = mount_of_path(real);
  // The root of another mount, or where a link leads to, which nobody knows.
  const bool is_mount = call.name != nullptr && by_path && by_path->point == real;
  place.is_elsewhere = is_mount || call.follow;
  if (call.follow && !is_mount) return place;
  // By its id where there is one: a path as typed may lead through symbolic links.
  auto mount = is_mount || directory.mount == nullptr ? by_path : mount_of_id(directory.mount->key);
  if (!mount) mount = by_path;
  if (mount) {
    place.mount_point = mount->point;
    place.mount_type = mount->type;
  }
  return place;
}

}  // namespace pwalk
