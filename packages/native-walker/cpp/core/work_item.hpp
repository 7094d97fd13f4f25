#pragma once

#include <cstddef>
#include <memory>
#include <variant>
#include <vector>

#include "core/directory.hpp"
#include "core/pending_directory.hpp"

namespace pwalk {

// Some entries of a large directory, still to be statted. Counts as one of the directory's users
// and as one of its open parts.
struct StatChunk {
  DirectoryRef directory;
  std::vector<std::byte> records;
};

// What a worker takes from the frontier: a root, or a directory found below one, to open and list; or
// a part of one to stat.
using WorkItem = std::variant<DirectoryRef, PendingDirectory, std::unique_ptr<StatChunk>>;

}  // namespace pwalk
