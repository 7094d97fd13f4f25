#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace pwalk {

// A mount as the kernel lists it.
struct MountInfo {
  uint64_t id = 0;
  std::string point;  // exact bytes of the path it is mounted on
  std::string type;   // as nfs4 or fuse.sshfs
};

// Asked of /proc/self/mountinfo, which answers whatever the file systems themselves do.
std::optional<MountInfo> mount_of_id(uint64_t id);
// The mount that an absolute path without symbolic links leads to.
std::optional<MountInfo> mount_of_path(std::string_view path);

// Last components of the places where something is mounted when they are opened (autofs).
std::unordered_set<std::string> automount_names();

// The path of an open directory without asking its file system; empty where /proc is missing.
std::string path_of_descriptor(int fd);

}  // namespace pwalk
