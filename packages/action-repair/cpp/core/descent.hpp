#pragma once

#include <cstdint>
#include <optional>
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
//
// For what follows from its directory alone, an entry is approached: the directory is only looked at, from the
// one above it, which takes a third of the calls. Nothing below a directory is looked at before it is open.
class Descent {
 public:
  explicit Descent(const TreeRoot& root) : root_(root) {}

  // `path` is relative to the root; empty for the root itself.
  Reached reach(std::string_view path);

  // Looks at an entry without opening it, which is cheaper: for planning, where nothing hangs on the entry
  // being the same a moment later. `fd` of what it returns is empty. Of a directory whose entries were
  // approached just before, it says what it was then.
  Reached glance(std::string_view path);

  // Looks at the directory that an entry is in, or opens it, or says in what is returned why that cannot be done.
  // What follows is of the entry approached, reached or glanced at last, and holds until the next.
  enum class Last : bool { looked_at, open };
  Reached approach(std::string_view path, Last last);
  // Of one that was reached or glanced at: the directory it is in, open, and its name there. For the root: itself,
  // and ".".
  int directory() const { return fd_at(levels_.size()); }
  const std::string& name() const { return name_; }
  bool is_root() const { return is_root_; }
  // Changes whenever another directory is looked at: what is known of the last one holds until then.
  uint64_t directories() const { return directories_; }
  // The nearest directory above it, the root included, of which `accepts` is true; null when there is
  // none, and for the root.
  template <class Accepts>
  const InodeStatus* nearest_above(Accepts&& accepts);

 private:
  // A directory on the way. Closed where there are too many; then opened again from the nearest above.
  struct Level {
    std::string name;
    UniqueFd fd;
    InodeStatus inode;
  };

  // Levels that stay open at the top, and at the bottom.
  static constexpr size_t top_levels = 64;
  static constexpr size_t bottom_levels = 64;

  Status enter(std::string_view directory, Last last, int& error);
  void leave();
  Status open_levels(const std::vector<std::string_view>& names, size_t count, int& error);
  int open_component(int parent, const std::string& name, bool directory) const;
  Status look(int fd, InodeStatus& inode, int& error) const;
  Status judge(const InodeStatus& inode) const;
  int fd_at(size_t levels) const { return levels == 0 ? root_.fd() : levels_[levels - 1].fd.get(); }

  const TreeRoot& root_;
  std::vector<Level> levels_;
  // The directory below the last level, where it is looked at and not open.
  std::optional<InodeStatus> leaf_;
  // The path of levels_ and leaf_, when all of it was entered.
  std::optional<std::string> entered_;
  uint64_t directories_ = 0;
  // The directory before that, and what it was then; empty where there was none, or where another was opened
  // since. It was not the root.
  std::string left_;
  InodeStatus left_inode_;
  std::string name_;
  bool is_root_ = false;
  // The root as it was when it was first asked for as a directory above.
  std::optional<InodeStatus> top_;
};

template <class Accepts>
const InodeStatus* Descent::nearest_above(Accepts&& accepts) {
  if (is_root_) return nullptr;
  if (leaf_.has_value() && accepts(*leaf_)) return &*leaf_;
  for (size_t level = levels_.size(); level > 0; --level) {
    if (accepts(levels_[level - 1].inode)) return &levels_[level - 1].inode;
  }
  if (!top_.has_value() && status_of(root_.fd(), top_.emplace()) != 0) top_.reset();
  return top_.has_value() && accepts(*top_) ? &*top_ : nullptr;
}

}  // namespace pwalk::repair
