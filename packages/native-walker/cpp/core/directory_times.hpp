// How far the times of a directory tell whether its listing is still true.
#pragma once

#include <cstdint>
#include <ctime>

#include <sys/stat.h>

namespace pwalk {

enum class TimesTrust : uint8_t {
  local,    // a change shows in the ctime, give or take one tick of the kernel's clock
  remote,   // the same, by the clock of a server
  unknown,  // FUSE, pseudo and unheard-of file systems: a change need not show
};

TimesTrust times_trust(int directory_fd);

// What is compared to find out whether a directory is still the one that was listed, and unchanged.
struct DirectoryStamp {
  uint64_t dev = 0;
  uint64_t inode = 0;
  int64_t ctime_seconds = 0;
  int64_t ctime_nanoseconds = 0;

  static DirectoryStamp of(const struct stat& from) {
    return {from.st_dev, from.st_ino, from.st_ctim.tv_sec, from.st_ctim.tv_nsec};
  }
  friend bool operator==(const DirectoryStamp&, const DirectoryStamp&) = default;
};

// True when any change after `begun` gets another ctime than the stamp's. Many file systems stamp with
// the time of the kernel's last tick, so a change within the tick of the one before leaves no trace; a
// tick that comes late may last longer than it should. `begun` is therefore CLOCK_REALTIME_COARSE, the very
// clock they stamp with, read before the stamp.
bool is_settled(const DirectoryStamp& stamp, const timespec& begun, TimesTrust trust);

}  // namespace pwalk
