#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace pwalk::repair {

struct FileIdentity {
  uint64_t dev = 0;
  uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

// What statx says of an open descriptor.
struct InodeStatus {
  FileIdentity identity;
  uint64_t mnt_id = 0;  // 0 on kernels before 5.8
  int64_t ctime_ns = 0;
  int64_t btime_ns = 0;  // 0: unknown
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t nlink = 0;
  bool mount_root = false;
  bool immutable = false;
  bool append_only = false;

  bool is_directory() const { return S_ISDIR(mode); }
  bool is_regular() const { return S_ISREG(mode); }
  uint32_t permissions() const { return mode & 07777; }
};

// 0 or an errno. Works on O_PATH descriptors; never triggers an automount.
int status_of(int fd, InodeStatus& status);

// The same of an entry of a directory; a symbolic link is looked at itself.
int status_at(int directory, const char* name, InodeStatus& status);

}  // namespace pwalk::repair
