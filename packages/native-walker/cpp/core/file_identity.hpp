#pragma once

#include <cstdint>

namespace pwalk {

struct FileIdentity {
  uint64_t dev;
  uint64_t inode;
  bool operator==(const FileIdentity&) const = default;
};

}  // namespace pwalk
