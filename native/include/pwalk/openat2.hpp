#pragma once

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

namespace pwalk {

// openat2(2): a descriptor, or -1 with errno. EAGAIN, which a rename somewhere above may cause, is
// tried again a few times.
// Source: https://man7.org/linux/man-pages/man2/openat2.2.html
inline int openat2(int dir_fd, const char* path, int flags, std::uint64_t resolve) noexcept {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
  how.resolve = resolve;
  for (int attempt = 0;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, dir_fd, path, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN || attempt == 16) return static_cast<int>(fd);
  }
}

// Whether this kernel has it and lets us call it: seccomp filters of containers answer ENOSYS or EPERM.
inline bool openat2_works() noexcept {
  const int fd = openat2(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) return errno != ENOSYS && errno != EPERM;
  ::close(fd);
  return true;
}

}  // namespace pwalk
