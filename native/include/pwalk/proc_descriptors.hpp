#pragma once

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string>

#include "pwalk/unique_fd.hpp"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

namespace pwalk {

// /proc/self/fd, opened once and known to be procfs: what lies there names our own descriptors, and
// nobody can have put something else in its place. Immutable, shared by all threads.
class ProcDescriptors {
 public:
  ProcDescriptors() : fd_(::open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    struct statfs kind {};
    if (fd_.valid() && (::fstatfs(fd_.get(), &kind) != 0 || kind.f_type != PROC_SUPER_MAGIC)) fd_.reset();
  }

  bool valid() const noexcept { return fd_.valid(); }
  int directory() const noexcept { return fd_.get(); }

  // The path that stands for a descriptor, for calls that take nothing else. Only while valid().
  static std::string path_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

 private:
  UniqueFd fd_;
};

// Sets the permission bits of what an O_PATH descriptor stands for: 0 or an errno. No name is looked
// up. Kernels before 6.6, and containers that forbid the call, go through the verified /proc/self/fd.
inline int change_mode(int fd, unsigned mode, const ProcDescriptors& proc) noexcept {
  if (::syscall(SYS_fchmodat2, fd, "", mode, AT_EMPTY_PATH) == 0) return 0;
  const int error = errno;
  if ((error != ENOSYS && error != EPERM) || !proc.valid()) return error;
  char name[16];
  *std::to_chars(name, name + sizeof name - 1, fd).ptr = '\0';
  return ::fchmodat(proc.directory(), name, mode, 0) == 0 ? 0 : errno;
}

}  // namespace pwalk
