#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/directory.hpp"

namespace pwalk {

// The path of the directory a worker is at, as text that the paths of its entries start with.
// Moving to another directory rewrites only the components below the nearest common ancestor, so a
// walk that goes down one level pays for one component. One per worker.
class PathText {
 public:
  // Makes this the path of `directory`.
  void enter(const DirectoryRef& directory);

  // The exact bytes.
  std::string_view raw() const { return raw_; }
  // UTF-8: the exact bytes where they are valid, else the escaped form.
  std::string_view display() const { return is_utf8_ ? raw_ : display_; }
  bool is_utf8() const { return is_utf8_; }
  // What stands between this path and the name of an entry.
  std::string_view separator() const { return separator_; }

 private:
  DirectoryRef at_;                      // keeps everything in chain_ alive
  std::vector<const Directory*> chain_;  // the root first, at_ last
  std::string raw_;
  std::string display_;
  std::string_view separator_;
  bool is_utf8_ = true;
};

}  // namespace pwalk
