#pragma once

#include <fcntl.h>

#include "core/inode_status.hpp"
#include "pwalk/unique_fd.hpp"

namespace pwalk::repair {

// Visits the directories above an open one, nearest first, the root of the file system last, by ".."
// and not by name. Ends early when `visit` returns false. Returns 0 or the errno that ended it.
template <class Visit>
int climb(int fd, Visit&& visit) {
  InodeStatus below;
  if (const int error = status_of(fd, below)) return error;
  UniqueFd current;
  for (int at = fd;;) {
    UniqueFd parent(::openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent.valid()) return errno;
    InodeStatus status;
    if (const int error = status_of(parent.get(), status)) return error;
    // ".." of the root is the root itself, on the same mount.
    if (status.identity == below.identity && status.mnt_id == below.mnt_id) return 0;
    if (!visit(status)) return 0;
    below = status;
    current = std::move(parent);
    at = current.get();
  }
}

}  // namespace pwalk::repair
