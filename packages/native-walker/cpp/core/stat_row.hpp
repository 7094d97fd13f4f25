// What a stat says about an entry, in the units of the table.
#pragma once

#include <cstdint>
#include <limits>

#include "core/vocabulary.hpp"

namespace pwalk {

struct StatRow {
  uint64_t inode = 0;
  uint64_t dev = 0;
  uint64_t size = 0;
  uint64_t blocks = 0;
  uint64_t mnt_id = 0;
  int64_t atime = 0;  // microseconds since 1970-01-01 UTC, as are the other three
  int64_t mtime = 0;
  int64_t ctime = 0;
  int64_t btime = 0;
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t nlink = 0;
  bool has_btime = false;
  bool has_mnt_id = false;
  uint8_t clamped = 0;  // times beyond what 64 bits of microseconds hold: bits 0..3 for a, m, c, b

  EntryType type() const { return type_of_mode(mode); }
  bool is_directory() const { return type() == EntryType::directory; }
};

struct Micros {
  int64_t value;
  bool clamped;
};

// Rounded down (nanoseconds are never negative, so truncating them is that), saturated at the ends.
constexpr Micros to_micros(int64_t seconds, uint32_t nanoseconds) {
  constexpr int64_t million = 1'000'000;
  constexpr int64_t last = std::numeric_limits<int64_t>::max() / million - 1;
  if (seconds > last) return {std::numeric_limits<int64_t>::max(), true};
  if (seconds < -last) return {std::numeric_limits<int64_t>::min(), true};
  return {seconds * million + nanoseconds / 1000, false};
}

}  // namespace pwalk
