#include "core/descriptor_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/retries.hpp"

namespace pwalk {
namespace {

constexpr size_t reserved_for_the_process = 64;
constexpr size_t most_useful = 1024;

bool is_shortage(int error) { return error != 0 && action_of(error, Operation::open) == Action::give_back; }
bool is_raced(int error) { return error != 0 && action_of(error, Operation::open) == Action::look_again; }

int open_directory(int parent_fd, const char* name, bool follow) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);
  const int fd = ::openat(parent_fd, name, flags | O_NOATIME);
  // Only the owner and root may ask for O_NOATIME.
  return fd < 0 && errno == EPERM ? ::openat(parent_fd, name, flags) : fd;
}

int identify(int fd, struct stat& now) {
  for (Retries retries;;) {
    if (::fstat(fd, &now) == 0) return 0;
    const int error = errno;
    if (!retries.again(action_of(error, Operation::stat))) return error;
  }
}

}  // namespace

size_t DescriptorPool::capacity_for(size_t threads) {
  rlimit limit{};
  const size_t soft = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
                          ? static_cast<size_t>(limit.rlim_cur)
                          : most_useful;
  const size_t left = soft > reserved_for_the_process ? soft - reserved_for_the_process : 0;
  return std::max(threads + 2, std::min(left, most_useful));
}

int DescriptorPool::pin(Directory& directory) {
  const int error = attempt(directory, Release::counted);
  if (!is_shortage(error)) return error;
  return stand_in_line([&] { return attempt(directory, Release::uncounted); });
}

int DescriptorPool::call_with(Directory& directory, const std::function<int(int fd)>& call) {
  const auto once = [&](Release on_failure) {
    int error = attempt(directory, on_failure);
    if (error != 0) return error;
    for (;;) {
      error = call(fd(directory));
      if (!is_shortage(error)) break;
      const std::lock_guard lock(mutex_);
      if (!evict_locked()) break;
    }
    drop_pin(directory, is_shortage(error) ? on_failure : Release::counted);
    return error;
  };
  const int error = once(Release::counted);
  return is_shortage(error) ? stand_in_line([&] { return once(Release::uncounted); }) : error;
}

int DescriptorPool::stand_in_line(const std::function<int()>& attempt_once) {
  const std::lock_guard turn(turn_);
  for (;;) {
    uint64_t seen;
    {
      const std::lock_guard lock(mutex_);
      seen = releases_;
    }
    const int error = attempt_once();
    if (!is_shortage(error)) return error;
    std::unique_lock lock(mutex_);
    ++waiting_;
    release_.wait(lock, [&] { return cancelled_ || releases_ != seen || busy_ == 0; });
    --waiting_;
    if (cancelled_) return ECANCELED;
    if (releases_ == seen) return error;
  }
}

// One try: walks up to the nearest open ancestor, then opens downward, holding two at a time.
int DescriptorPool::attempt(Directory& directory, Release on_failure) {
  std::vector<Directory*> closed;
  Directory* anchor = directory.parent.get();
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return ECANCELED;
    if (directory.fd_.valid()) {
      pin_locked(directory);
      return 0;
    }
    while (anchor != nullptr && !anchor->fd_.valid()) {
      closed.push_back(anchor);
      anchor = anchor->parent.get();
    }
    if (anchor != nullptr) pin_locked(*anchor);
    ++busy_;
  }
  int error = 0;
  while (error == 0 && !closed.empty()) {
    Directory* next = closed.back();
    closed.pop_back();
    error = open_below(anchor, *next, false);
    if (anchor != nullptr) drop_pin(*anchor, error == 0 ? Release::counted : on_failure);
    anchor = error == 0 ? next : nullptr;
  }
  if (error == 0) {
    error = open_below(anchor, directory, true);
    if (anchor != nullptr) drop_pin(*anchor, is_shortage(error) ? on_failure : Release::counted);
  }
  const std::lock_guard lock(mutex_);
  --busy_;
  if (error != 0 && on_failure == Release::counted) released_locked();
  return error;
}

// Opens and pins one directory through its pinned parent, unless somebody else just did.
int DescriptorPool::open_below(Directory* anchor, Directory& directory, bool is_target) {
  {
    const std::lock_guard lock(mutex_);
    if (directory.fd_.valid()) {
      pin_locked(directory);
      return 0;
    }
  }
  if (!reserve()) return EMFILE;
  UniqueFd fd(open_one(anchor, directory));
  int error = fd.valid() ? 0 : errno;
  struct stat now{};
  if (error == 0) error = identify(fd.get(), now);
  if (error == 0 && directory.restored) {
    error = confirm(directory, now);
  } else if (error == 0 && directory.identified && (now.st_dev != directory.dev || now.st_ino != directory.inode)) {
    error = ESTALE;
  }
  // What is below an ancestor that was swapped may exist still: an error, not something gone.
  if (!is_target && is_raced(error)) error = ESTALE;
  if (error == 0 && !directory.identified) {
    directory.dev = now.st_dev;
    directory.inode = now.st_ino;
    directory.identified = true;
  }
  if (error != 0) fd.reset();
  const std::lock_guard lock(mutex_);
  if (error != 0) {
    --open_;
    return error;
  }
  if (directory.fd_.valid()) {
    --open_;
  } else {
    directory.fd_ = std::move(fd);
  }
  pin_locked(directory);
  return 0;
}

// Whether a directory that another walk knew is the one that was opened just now. What is on its
// parent's device must be still, whatever number that has now; what is not, must not be.
int DescriptorPool::confirm(Directory& directory, const struct stat& now) {
  const std::lock_guard lock(mutex_);
  if (now.st_ino != directory.inode) return ESTALE;
  if (!directory.confirmed_) {
    const bool other_device = !directory.parent || now.st_dev != directory.parent->dev;
    if (other_device != directory.other_device_) return ESTALE;
    directory.dev = now.st_dev;
    directory.confirmed_ = true;
  }
  return now.st_dev == directory.dev ? 0 : ESTALE;
}

// The descriptor, or -1 with errno; closes idle ones while the kernel has none left.
int DescriptorPool::open_one(Directory* anchor, const Directory& directory) {
  for (Retries retries;;) {
    const int parent_fd = anchor == nullptr ? AT_FDCWD : anchor->fd_.get();
    const int fd = open_directory(parent_fd, directory.name.c_str(), directory.follow);
    if (fd >= 0) return fd;
    const int error = errno;
    if (retries.again(action_of(error, Operation::open))) continue;
    errno = error;
    if (!is_shortage(error)) return -1;
    const std::lock_guard lock(mutex_);
    if (!evict_locked()) {
      errno = error;
      return -1;
    }
  }
}

void DescriptorPool::unpin(Directory& directory) { drop_pin(directory, Release::counted); }

// `uncounted` is for the thread that has the turn: what it gives back itself is no news to it, and
// it closes what others could have kept idle.
void DescriptorPool::drop_pin(Directory& directory, Release release) {
  std::unique_lock lock(mutex_);
  if (--directory.pins_ == 0) {
    const bool needed = directory.users.load(std::memory_order_acquire) != 0;
    if (needed && release == Release::counted && waiting_ == 0) {
      directory.idle_before_ = idle_newest_;
      directory.idle_after_ = nullptr;
      (idle_newest_ != nullptr ? idle_newest_->idle_after_ : idle_oldest_) = &directory;
      idle_newest_ = &directory;
    } else {
      close_unlocked(lock, std::move(directory.fd_));
    }
  }
  --busy_;
  if (release == Release::counted) released_locked();
}

void DescriptorPool::release_user(Directory& directory) {
  if (directory.users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  std::unique_lock lock(mutex_);
  if (directory.pins_ != 0 || !directory.fd_.valid()) return;
  unlink_idle(directory);
  ++busy_;
  close_unlocked(lock, std::move(directory.fd_));
  --busy_;
  released_locked();
}

// Closes without holding the lock. The caller counts as busy meanwhile: a descriptor is only said
// to be free once it is.
void DescriptorPool::close_unlocked(std::unique_lock<std::mutex>& lock, UniqueFd fd) {
  lock.unlock();
  fd.reset();
  lock.lock();
  --open_;
}

bool DescriptorPool::reserve() {
  const std::lock_guard lock(mutex_);
  if (open_ >= capacity_ && !evict_locked()) return false;
  ++open_;
  return true;
}

bool DescriptorPool::evict_locked() {
  if (idle_oldest_ == nullptr) return false;
  Directory& oldest = *idle_oldest_;
  unlink_idle(oldest);
  oldest.fd_.reset();
  --open_;
  return true;
}

void DescriptorPool::pin_locked(Directory& directory) {
  // A descriptor nobody has pinned is idle; one that was opened just now is in no list.
  if (directory.pins_++ == 0) unlink_idle(directory);
  ++busy_;
}

void DescriptorPool::unlink_idle(Directory& directory) {
  if (idle_oldest_ != &directory && directory.idle_before_ == nullptr) return;
  (directory.idle_before_ != nullptr ? directory.idle_before_->idle_after_ : idle_oldest_) = directory.idle_after_;
  (directory.idle_after_ != nullptr ? directory.idle_after_->idle_before_ : idle_newest_) = directory.idle_before_;
  directory.idle_before_ = nullptr;
  directory.idle_after_ = nullptr;
}

void DescriptorPool::released_locked() {
  ++releases_;
  if (waiting_ != 0) release_.notify_all();
}

void DescriptorPool::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  release_.notify_all();
}

size_t DescriptorPool::open_count() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

}  // namespace pwalk
