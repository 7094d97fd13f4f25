#include "core/cached_look.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "pwalk/unique_fd.hpp"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif

namespace pwalk {

// Source: https://man7.org/linux/man-pages/man2/openat2.2.html
Leads look_cached(const std::string& path, uint64_t dev) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_CACHED;
  const UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  if (!fd.valid()) {
    const bool is_certain = errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EACCES;
    return is_certain ? Leads::elsewhere : Leads::unknown;
  }
  struct statx target;
  if (::statx(fd.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &target) != 0) return Leads::unknown;
  if (makedev(target.stx_dev_major, target.stx_dev_minor) != dev) return Leads::unknown;
  return S_ISDIR(target.stx_mode) ? Leads::to_directory : Leads::elsewhere;
}

}  // namespace pwalk
