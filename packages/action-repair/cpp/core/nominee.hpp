// An entry that a rule concerns, on its way from TypeScript to the threads here and back: which row of a
// batch it is, and what it is to become. Words of 32 bits; src/nominees.ts has the same layout, which a
// test compares with this one. A record is made only of those that are to be changed or told of.
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

// What an inspection came to. The order is that of `outcomes` in src/nominees.ts.
enum class Outcome : uint32_t {
  pending,   // not looked at: the job was stopped before
  recorded,  // there is a record, whose status says the rest
  already,   // awaited the group that it has: nothing to change
  no_group,  // awaited a group from above, where there is none to take
  outside,   // its path is not below the root
};

struct Nominee {
  uint32_t row;
  uint32_t path_at;      // of its path, in the bytes of its column
  uint32_t path_length;
  uint32_t path_is_raw;  // its column is `raw_paths`
  uint32_t new_mode;     // without the type bits
  uint32_t new_uid;
  uint32_t new_gid;
  uint32_t rules;
  uint32_t checks;
  uint32_t record_at;    // where its record goes if there is one: there is room for one with all of the path
  uint32_t outcome;
};
static_assert(sizeof(Nominee) == 44);

// The columns of a batch, one value of each row after the other. The memory belongs to the caller.
struct ScannedColumns {
  std::span<const uint8_t> paths, raw_paths;     // bytes of all rows
  std::span<const uint8_t> devs, inodes;         // 64 bits
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
  // The part of its path below the root, empty for the root itself; nothing when it is not below it.
  std::optional<std::string_view> below(const Nominee& nominee) const;
  // The record of a nominee as nominated, to be completed; it is written by `record`.
  ChangeRecord begin(const Nominee& nominee, std::string_view below) const;

  // How it ends: with a record, or without one. Different nominees may be settled by several threads.
  void record(size_t index, const Nominee& nominee, std::string_view below, const ChangeRecord& record) const;
  void settle(size_t index, Outcome outcome) const;

 private:
  ScannedColumns columns_;
  std::string root_;
  std::span<uint8_t> nominees_, records_;
};

}  // namespace pwalk::repair
