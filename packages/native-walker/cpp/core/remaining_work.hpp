// What a walk that was stopped has left, as bytes: the directories it found and did not enter, and those
// above them. docs/specs/scan-directory.md has the format.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/mount_table.hpp"
#include "core/work_item.hpp"

namespace pwalk {

// Collects directories and those above them, each once, parents first. Those above must not change
// meanwhile, nor go away: their walk has ended.
class RemainingWriter {
 public:
  RemainingWriter();
  // A root, or a directory found below one.
  void add(const WorkItem& pending);
  std::string finish() &&;

 private:
  uint32_t number_of(const Directory& directory);
  uint32_t number_of(const Mount* mount);
  uint32_t write(const Directory& directory, bool pending);

  std::string nodes_;
  std::string mounts_;
  std::unordered_map<const Directory*, uint32_t> known_;  // numbers begin at 1
  std::unordered_map<const Mount*, uint32_t> known_mounts_;
  uint32_t count_ = 0;
};

// The same read again, for the walk that goes on.
struct RemainingWork {
  std::vector<DirectoryRef> roots;  // that the pending directories are, or are below
  size_t pending = 0;
};

// Gives the pending directories one by one, so that no more need be in memory than the walk has room
// for. Their mounts are stand-ins, which are added to `mounts`; `meter` counts the directories above them.
// Throws std::invalid_argument for bytes that no walk has written, when it comes upon that.
RemainingWork read_remaining(std::string_view bytes, std::deque<Mount>& mounts, MemoryMeter* meter,
                             const std::function<void(WorkItem)>& each);

}  // namespace pwalk
