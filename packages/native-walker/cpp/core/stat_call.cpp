#include "core/stat_call.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/retries.hpp"

namespace pwalk {
namespace {

unsigned mask_for(ColumnSet columns) {
  // Type, inode and mount always: what an entry is, whether it is still the same when it is opened,
  // and whether a directory is on the file system of its parent.
  unsigned mask = STATX_TYPE | STATX_INO | STATX_MNT_ID;
  const auto add = [&](unsigned bits, auto... wanted) {
    if (columns.intersects(ColumnSet::of(wanted...))) mask |= bits;
  };
  add(STATX_MODE, Column::mode);
  add(STATX_UID, Column::uid);
  add(STATX_GID, Column::gid);
  add(STATX_SIZE, Column::size, Column::dir_sum);
  add(STATX_BLOCKS, Column::blocks);
  add(STATX_NLINK, Column::nlink, Column::is_hardlink);
  add(STATX_ATIME, Column::atime);
  add(STATX_MTIME, Column::mtime);
  add(STATX_CTIME, Column::ctime);
  add(STATX_BTIME, Column::btime);
  return mask;
}

bool statx_works() {
  struct statx unused;
  return ::statx(AT_FDCWD, "/", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &unused) == 0 ||
         !is_call_missing(errno);
}

int64_t clamp_into(StatRow& row, unsigned bit, int64_t seconds, uint32_t nanoseconds) {
  const Micros micros = to_micros(seconds, nanoseconds);
  if (micros.clamped) row.clamped = static_cast<uint8_t>(row.clamped | (1U << bit));
  return micros.value;
}

void fill(StatRow& row, const struct statx& from) {
  row.inode = from.stx_ino;
  row.dev = makedev(from.stx_dev_major, from.stx_dev_minor);
  row.size = from.stx_size;
  row.blocks = from.stx_blocks;
  row.mode = from.stx_mode;
  row.uid = from.stx_uid;
  row.gid = from.stx_gid;
  row.nlink = from.stx_nlink;
  row.clamped = 0;
  row.atime = clamp_into(row, 0, from.stx_atime.tv_sec, from.stx_atime.tv_nsec);
  row.mtime = clamp_into(row, 1, from.stx_mtime.tv_sec, from.stx_mtime.tv_nsec);
  row.ctime = clamp_into(row, 2, from.stx_ctime.tv_sec, from.stx_ctime.tv_nsec);
  // Some file systems and image builders say "known" and mean none: nothing was born at 0.
  row.has_btime = (from.stx_mask & STATX_BTIME) != 0 && (from.stx_btime.tv_sec != 0 || from.stx_btime.tv_nsec != 0);
  row.btime = row.has_btime ? clamp_into(row, 3, from.stx_btime.tv_sec, from.stx_btime.tv_nsec) : 0;
  row.has_mnt_id = (from.stx_mask & STATX_MNT_ID) != 0;
  row.mnt_id = row.has_mnt_id ? from.stx_mnt_id : 0;
}

void fill(StatRow& row, const struct stat& from) {
  const auto nanoseconds = [](const timespec& time) { return static_cast<uint32_t>(time.tv_nsec); };
  row = StatRow{};
  row.inode = from.st_ino;
  row.dev = from.st_dev;
  row.size = static_cast<uint64_t>(from.st_size);
  row.blocks = static_cast<uint64_t>(from.st_blocks);
  row.mode = from.st_mode;
  row.uid = from.st_uid;
  row.gid = from.st_gid;
  row.nlink = static_cast<uint32_t>(from.st_nlink);
  row.atime = clamp_into(row, 0, from.st_atim.tv_sec, nanoseconds(from.st_atim));
  row.mtime = clamp_into(row, 1, from.st_mtim.tv_sec, nanoseconds(from.st_mtim));
  row.ctime = clamp_into(row, 2, from.st_ctim.tv_sec, nanoseconds(from.st_ctim));
}

}  // namespace

StatCall::StatCall(ColumnSet columns, StatMode mode)
    : mask_(mask_for(columns)), mode_(mode), has_statx_(statx_works()) {}

int StatCall::operator()(int dir_fd, const char* name, bool remote, StatRow& row, bool follow) const {
  int error = once(dir_fd, name, remote, row, follow);
  for (Retries retries; error != 0 && retries.again(action_of(error, Operation::stat));) {
    error = once(dir_fd, name, remote, row, follow);
  }
  return error;
}

int StatCall::once(int dir_fd, const char* name, bool remote, StatRow& row, bool follow) const {
  int flags = AT_NO_AUTOMOUNT | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
  if (has_statx_) {
    if (mode_ == StatMode::lazy || (remote && mode_ == StatMode::automatic)) flags |= AT_STATX_DONT_SYNC;
    struct statx got;
    if (::statx(dir_fd, name, flags, mask_, &got) != 0) return errno;
    fill(row, got);
    return 0;
  }
  struct stat got;
  if (::fstatat(dir_fd, name, &got, flags) != 0) return errno;
  fill(row, got);
  return 0;
}

}  // namespace pwalk
