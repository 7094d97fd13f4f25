// The closed vocabularies of an entry's row. The order of each is its dictionary coding, and equals
// the order in packages/core/src/schema/entry-schema.ts (a test compares them).
#pragma once

#include <cstddef>
#include <cstdint>

#include <dirent.h>
#include <sys/stat.h>

namespace pwalk {

enum class EntryType : uint8_t { unknown, file, directory, symlink, fifo, socket, block, character };
inline constexpr size_t entry_type_count = 8;

enum class EntryState : uint8_t {
  ok,
  denied,
  error,
  incomplete,
  loop,
  excluded,
  skipped_snapshot,
  other_fs,
  pseudo_fs,
  depth_limit,
  degraded,
};
inline constexpr size_t entry_state_count = 11;

// The call that failed.
enum class Operation : uint8_t { none, stat, open, read };

constexpr EntryType type_of_mode(uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return EntryType::file;
    case S_IFDIR: return EntryType::directory;
    case S_IFLNK: return EntryType::symlink;
    case S_IFIFO: return EntryType::fifo;
    case S_IFSOCK: return EntryType::socket;
    case S_IFBLK: return EntryType::block;
    case S_IFCHR: return EntryType::character;
    default: return EntryType::unknown;
  }
}

// `unknown` means: stat it.
constexpr EntryType type_of_dirent(uint8_t d_type) {
  return type_of_mode(static_cast<uint32_t>(DTTOIF(d_type)));
}

}  // namespace pwalk
