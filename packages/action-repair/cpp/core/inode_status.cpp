#include "core/inode_status.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <limits>

namespace pwalk::repair {
namespace {

int64_t nanoseconds(const statx_timestamp& time) {
  int64_t value = 0;
  if (__builtin_mul_overflow(time.tv_sec, int64_t{1'000'000'000}, &value) ||
      __builtin_add_overflow(value, int64_t{time.tv_nsec}, &value)) {
    return time.tv_sec < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
  }
  return value;
}

}  // namespace

int status_of(int fd, InodeStatus& status) { return status_at(fd, "", status); }

int status_at(int directory, const char* name, InodeStatus& status) {
  struct statx got;
  constexpr int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  if (::statx(directory, name, flags, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, &got) != 0) {
    if (errno != ENOSYS && errno != EPERM) return errno;
    struct stat old;
    if (::fstatat(directory, name, &old, flags) != 0) return errno;
    status = InodeStatus{};
    status.identity = {old.st_dev, old.st_ino};
    status.ctime_ns = old.st_ctim.tv_sec * 1'000'000'000 + old.st_ctim.tv_nsec;
    status.mode = old.st_mode;
    status.uid = old.st_uid;
    status.gid = old.st_gid;
    status.nlink = static_cast<uint32_t>(old.st_nlink);
    return 0;
  }
  status.identity = {makedev(got.stx_dev_major, got.stx_dev_minor), got.stx_ino};
  status.mnt_id = (got.stx_mask & STATX_MNT_ID) != 0 ? got.stx_mnt_id : 0;
  status.ctime_ns = nanoseconds(got.stx_ctime);
  status.btime_ns = (got.stx_mask & STATX_BTIME) != 0 ? nanoseconds(got.stx_btime) : 0;
  status.mode = got.stx_mode;
  status.uid = got.stx_uid;
  status.gid = got.stx_gid;
  status.nlink = got.stx_nlink;
  const uint64_t attributes = got.stx_attributes & got.stx_attributes_mask;
  status.mount_root = (attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  status.immutable = (attributes & STATX_ATTR_IMMUTABLE) != 0;
  status.append_only = (attributes & STATX_ATTR_APPEND) != 0;
  return 0;
}

}  // namespace pwalk::repair
