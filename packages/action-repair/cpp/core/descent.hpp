#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/change_record.hpp"
#include "core/inode_status.hpp"
#include "core/tree_root.hpp"
#include "pwalk/unique_fd.hpp"

namespace pwalk::repair {

// An entry that was reached, as an O_PATH descriptor, or why it was not.
struct Reached {
  Status status = Status::ok;
  int error = 0;
  UniqueFd fd;
  InodeStatus inode;
};

// Opens entries below the root, one component at a time: no symbolic link is followed, no mount is
// entered, and no component may be a protected directory. The directories on the way to the last entry
// stay open, so that a neighbour costs one call. One per thread; the root must outlive it.
class Descent {
 public:
  explicit Descent(const TreeRoot& root) : root_(root) {}

  // `path` is relative to the root; empty for the root itself.
  Reached reach(std::string_view path);

  // Looks at an entry without opening it, which is cheaper: for planning, where nothing hangs on the
  // entry being the same a moment later. `fd` of what it returns is empty.
  Reached glance(std::string_view path);
  // Where the entry that was glanced at last is below /proc/self/fd: its own name may be a link.
  const std::string& place() const { return place_; }

 private:
  // A directory on the way. Closed where there are too many; then opened again from the nearest above.
  struct Level {
    std::string name;
    UniqueFd fd;
  };

  // Levels that stay open at the top, and at the bottom.
  static constexpr size_t top_levels = 64;
  static constexpr size_t bottom_levels = 64;

  Status enter(const std::vector<std::string_view>& parents, int& error);
  int open_component(int parent, const std::string& name, bool directory) const;
  Status look(int fd, InodeStatus& inode, int& error) const;
  Status judge(const InodeStatus& inode) const;
  int fd_at(size_t levels) const { return levels == 0 ? root_.fd() : levels_[levels - 1].fd.get(); }

  const TreeRoot& root_;
  std::vector<Level> levels_;
  std::string place_;
};

}  // namespace pwalk::repair
