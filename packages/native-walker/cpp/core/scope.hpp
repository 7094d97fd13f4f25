#pragma once

#include <string>

#include "core/directory.hpp"
#include "core/mount_table.hpp"
#include "core/walk_notes.hpp"
#include "core/walk_options.hpp"

namespace pwalk {

// Which directories the walk enters, by its options. One per walk, any thread.
class Scope {
 public:
  Scope(const WalkOptions& options, WalkNotes& notes) : options_(options), notes_(notes) {}

  // `ok`: to be entered, on that mount. Else the state of its row, and what failed if anything did.
  struct Verdict {
    EntryState state;
    Mount* mount = nullptr;
    int error = 0;
    Operation operation = Operation::none;
  };

  // Of a directory in `parent`, whose descriptor is `parent_fd`. Nothing is opened but a mount seen
  // for the first time, as a place only. `mount`: what the parent is on. `follow`: reached through a
  // symbolic link of that name.
  Verdict of(const Directory& parent, Mount* mount, int parent_fd, const std::string& name, const StatRow& row, bool follow);
  // The mount of an open directory whose stat is `row`, for one that another walk knew.
  MountTable::Probe mount_of(int fd, const StatRow& row) { return mounts_.at(row, fd, ".", false); }
  // Of a root, which is meant whatever its name and its file system.
  Verdict of_root(const Directory& root, const StatRow& row);

 private:
  bool is_too_deep(int32_t depth) const { return options_.max_depth && depth + 1 >= *options_.max_depth; }
  void look_for_user_data(const Directory& parent, const Mount& mount, int parent_fd, const std::string& name, const StatRow& row);

  const WalkOptions& options_;
  WalkNotes& notes_;
  MountTable mounts_;
};

}  // namespace pwalk
