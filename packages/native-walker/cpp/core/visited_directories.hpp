#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <unordered_set>

#include "core/file_identity.hpp"

namespace pwalk {

// The directories a walk has entered, when it follows symbolic links: each is entered once, whatever
// the ways to it. Some 40 bytes each. One per walk, any thread.
class VisitedDirectories {
 public:
  // True the first time.
  bool add(const FileIdentity& directory) {
    Shard& shard = shards_[Hash()(directory) % shards_.size()];
    const std::lock_guard lock(shard.mutex);
    return shard.known.insert(directory).second;
  }

 private:
  struct Hash {
    size_t operator()(const FileIdentity& of) const { return (of.inode ^ (of.dev << 40)) * 0x9E3779B97F4A7C15U >> 7; }
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_set<FileIdentity, Hash> known;
  };

  std::array<Shard, 16> shards_;
};

}  // namespace pwalk
