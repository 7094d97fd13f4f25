#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/stat_row.hpp"
#include "core/vocabulary.hpp"

namespace pwalk {

enum class FileSystemKind : uint8_t {
  storage,
  pseudo,     // made up by the kernel: proc, sysfs, cgroup, debugfs, ...
  automount,  // autofs: opening a directory of it may mount something
};

// By f_type: asking it means asking another machine or another process.
bool is_remote(uint32_t type);

// A mount that the walk came upon. `degraded` is raised by any thread and never lowered: nothing
// more is asked of the mount. The rest never changes.
struct Mount {
  const uint64_t key;
  const bool remote;  // asking it means asking another machine or another process
  const FileSystemKind kind;
  std::atomic<bool> degraded{false};

  // For one that another walk knew: what it is now, nobody has looked yet. No mount has this key.
  static constexpr uint64_t stand_in_key = ~uint64_t{0};
  bool is_stand_in() const { return key == stand_in_key; }
};

// Mounts by id, so that bind mounts and subvolumes count as what they are; where the kernel tells no
// id, by device. One per walk, any thread. A Mount lives as long as the table.
class MountTable {
 public:
  static constexpr uint64_t key_of(const StatRow& row) { return row.has_mnt_id ? row.mnt_id : row.dev; }

  // A mount, or the errno and the call that kept us from knowing it.
  struct Probe {
    Mount* mount;
    int error = 0;
    Operation operation = Operation::none;
  };

  // The mount of a directory whose stat is `row`. Looked up in `parent_fd` when it is new; opened
  // as a place only, which mounts nothing and reads nothing. A failure is not remembered.
  Probe at(const StatRow& row, int parent_fd, const char* name, bool follow);

 private:
  std::mutex mutex_;
  std::unordered_map<uint64_t, std::unique_ptr<Mount>> mounts_;
};

}  // namespace pwalk
