#include "core/directory_times.hpp"

#include <algorithm>

#include <sys/vfs.h>

namespace pwalk {
namespace {

constexpr int64_t nanoseconds_per_second = 1'000'000'000;
constexpr int64_t least_local_tick = 4'000'000;
constexpr int64_t remote_tick = 2 * nanoseconds_per_second;

int64_t nanoseconds_between(int64_t seconds, int64_t nanoseconds, const timespec& later) {
  // Beyond a year apart, how far does not matter, and it cannot overflow.
  const int64_t apart = std::clamp<int64_t>(later.tv_sec - seconds, -31'536'000, 31'536'000);
  return apart * nanoseconds_per_second + (later.tv_nsec - nanoseconds);
}

// 1 ms to 10 ms, as the kernel was configured.
int64_t kernel_tick() {
  timespec resolution{};
  ::clock_getres(CLOCK_REALTIME_COARSE, &resolution);
  return std::max<int64_t>(least_local_tick, resolution.tv_sec * nanoseconds_per_second + resolution.tv_nsec);
}

}  // namespace

// Numbers from linux/magic.h and the projects themselves. SMB is not here: its servers decide when a
// directory's times change.
TimesTrust times_trust(int directory_fd) {
  struct statfs got;
  if (::fstatfs(directory_fd, &got) != 0) return TimesTrust::unknown;
  switch (static_cast<uint32_t>(got.f_type)) {
    case 0x0000EF53:  // ext2, ext3, ext4
    case 0x58465342:  // XFS
    case 0x9123683E:  // btrfs
    case 0x01021994:  // tmpfs
    case 0x858458F6:  // ramfs
    case 0x794C7630:  // overlayfs
    case 0xF2F52010:  // F2FS
    case 0x2FC12FC1:  // ZFS
    case 0xCA451A4E:  // bcachefs
    case 0x3153464A:  // JFS
    case 0x73717368:  // SquashFS
    case 0xE0F5E1E2:  // EROFS
      return TimesTrust::local;
    case 0x00006969:  // NFS
    case 0x0BD00BD0:  // Lustre
    case 0x47504653:  // GPFS
    case 0x00C36400:  // Ceph
    case 0x19830326:  // BeeGFS (FhGFS)
    case 0x5346414F:  // AFS (OpenAFS)
    case 0x6B414653:  // AFS (kAFS)
    case 0x20030528:  // OrangeFS
    case 0x7461636F:  // OCFS2
    case 0x01161970:  // GFS2
    case 0xAAD7AAEA:  // PanFS
      return TimesTrust::remote;
    default:
      return TimesTrust::unknown;
  }
}

bool is_settled(const DirectoryStamp& stamp, const timespec& begun, TimesTrust trust) {
  static const int64_t local_tick = kernel_tick();
  // No nanoseconds at all: a file system that keeps whole seconds (ext4 with small inodes).
  const bool coarse = trust != TimesTrust::local || stamp.ctime_nanoseconds == 0;
  return nanoseconds_between(stamp.ctime_seconds, stamp.ctime_nanoseconds, begun) > (coarse ? remote_tick : local_tick);
}

}  // namespace pwalk
