// What a walk that was stopped has left, as bytes: the directories it found and did not enter, and those
// above them. docs/specs/scan-directory.md has the format.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/directory.hpp"
#include "core/mount_table.hpp"

namespace pwalk {

// Collects directories and those above them, each once, parents first. The directories must not change
// meanwhile: their walk has ended.
class RemainingWriter {
 public:
  RemainingWriter();
  void add(const Directory& pending);
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
  std::deque<Mount> mounts;  // stand-ins, which the directories point to
  std::vector<DirectoryRef> pending;
  std::vector<DirectoryRef> roots;  // that the pending ones are, or are below
};

// Throws std::invalid_argument for bytes that no walk has written.
RemainingWork read_remaining(std::string_view bytes);

}  // namespace pwalk
