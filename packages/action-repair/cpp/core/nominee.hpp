// Entries that a rule concerns, on their way from TypeScript to the threads here and back: which rows of a
// batch they are, and what they are to become. Neighbours of which the rules say the same are one nominee.
// Words of 32 bits; src/nominees.ts has the same layout, which a test compares with this one. Records are
// made only of those that are to be changed or told of.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/change_record.hpp"

namespace pwalk::repair {

struct Nominee {
  uint32_t row;   // the first
  uint32_t rows;  // one after the other, alike in type, mode and owners
  uint32_t path_is_raw;  // their column is `raw_paths`
  uint32_t new_mode;     // without the type bits
  uint32_t new_uid;
  uint32_t new_gid;
  uint32_t rules;
  uint32_t checks;
  uint32_t records_at;  // where their records go, in order: there is room for one of each, with all of its path

  // What the inspection came to.
  uint32_t records_end;  // where the records that were made end
  uint32_t pending;      // rows that were not looked at: the job was stopped before
  uint32_t no_group;     // rows that await a group from above, where there is none to take
  uint32_t outside;      // rows whose path is not below the root
};
static_assert(sizeof(Nominee) == 52);

// The columns of a batch, one value of each row after the other. The memory belongs to the caller.
struct ScannedColumns {
  std::span<const uint8_t> paths, raw_paths;                // bytes of all rows
  std::span<const uint8_t> path_offsets, raw_path_offsets;  // 32 bits; one more than rows
  std::span<const uint8_t> devs, inodes;                    // 64 bits
  std::span<const uint8_t> modes, uids, gids, nlinks, depths;  // 32 bits

  size_t rows() const {
    const size_t longest = std::min(devs.size(), inodes.size()) / sizeof(uint64_t);
    const size_t narrow = std::min({modes.size(), uids.size(), gids.size(), nlinks.size(), depths.size()});
    return std::min(longest, narrow / sizeof(uint32_t));
  }
};

// Nominees of a batch, the columns they are rows of, and the memory for their records. `root` is the root
// as the scan writes it, without slashes at its end: what every path begins with.
class Nominees {
 public:
  Nominees(const ScannedColumns& columns, std::string root, std::span<uint8_t> nominees, std::span<uint8_t> records)
      : columns_(columns), root_(std::move(root)), nominees_(nominees), records_(records) {}

  size_t size() const { return nominees_.size() / sizeof(Nominee); }
  // False when something lies outside of the memory it should be in; then nothing else may be called.
  bool whole() const;
  Nominee operator[](size_t index) const {
    Nominee nominee;
    std::memcpy(&nominee, nominees_.data() + index * sizeof nominee, sizeof nominee);
    return nominee;
  }
  // The part of the path of a row below the root, empty for the root itself; nothing when it is not below it.
  std::optional<std::string_view> below(const Nominee& nominee, size_t row) const;
  // The record of a row as nominated, without what an inspection finds out.
  ChangeRecord begin(const Nominee& nominee, size_t row, std::string_view below) const;

  // Puts a record behind those that the nominee has.
  void record(Nominee& nominee, std::string_view below, const ChangeRecord& record) const;
  // Writes back what the inspection came to. Different nominees may be worked on by several threads.
  void settle(size_t index, const Nominee& nominee) const;

 private:
  std::optional<std::string_view> path_of(const Nominee& nominee, size_t row) const;

  ScannedColumns columns_;
  std::string root_;
  std::span<uint8_t> nominees_, records_;
};

}  // namespace pwalk::repair
