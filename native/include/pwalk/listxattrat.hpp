#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#ifndef SYS_listxattrat
#define SYS_listxattrat 465
#endif

namespace pwalk {

// listxattrat(2), of an entry of a directory; a symbolic link is asked itself. Linux 6.13.
// Source: https://man7.org/linux/man-pages/man2/listxattr.2.html
inline ssize_t listxattrat(int dir_fd, const char* name, char* list, size_t size) noexcept {
  return ::syscall(SYS_listxattrat, dir_fd, name, AT_SYMLINK_NOFOLLOW, list, size);
}

// Whether this kernel has it and lets us call it: seccomp filters of containers answer ENOSYS or EPERM.
inline bool listxattrat_works() noexcept {
  return listxattrat(AT_FDCWD, "/", nullptr, 0) >= 0 || (errno != ENOSYS && errno != EPERM);
}

}  // namespace pwalk
