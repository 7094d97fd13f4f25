#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/inode_status.hpp"

namespace pwalk::repair {

// Directories that are never changed, by identity: a bind mount or another spelling is the same
// directory. Filled before threads start, read by all of them.
class Protection {
 public:
  // This directory and all below it. Paths that do not exist are ignored, links are followed.
  void add_tree(const std::string& path);
  // This directory itself.
  void add_directory(const std::string& path);
  // Something of our own inside the root: it is left out, and the root is not refused for it.
  void add_own(FileIdentity identity) { own_.push_back(identity); }

  bool is_protected(FileIdentity identity) const { return has(trees_, identity) || has(directories_, identity); }
  bool is_protected_tree(FileIdentity identity) const { return has(trees_, identity); }
  bool is_own(FileIdentity identity) const { return has(own_, identity); }
  // Nothing is changed there, and nothing below it.
  bool leaves_out(FileIdentity identity) const { return is_protected(identity) || is_own(identity); }
  // True for a directory that has a protected tree below it.
  bool is_above(FileIdentity identity) const { return has(above_, identity); }

 private:
  static bool has(const std::vector<FileIdentity>& list, FileIdentity identity) {
    return std::find(list.begin(), list.end(), identity) != list.end();
  }

  std::vector<FileIdentity> trees_, directories_, own_, above_;
};

}  // namespace pwalk::repair
