#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/directory.hpp"

namespace pwalk {

// Bytes of a path that are kept. Names are short and cheap to nest: without an end to it, 100,000
// directories in each other would make ten gigabytes of paths.
inline constexpr size_t longest_path = 64 << 10;

// The path of the directory a worker is at, as text that the paths of its entries start with.
// Moving to another directory rewrites only the components below the nearest common ancestor, so a
// walk that goes down one level pays for one component. One per worker.
class PathText {
 public:
  // Makes this the path of `directory`.
  void enter(const DirectoryRef& directory);

  // The exact bytes, or as many whole characters of them as are kept.
  std::string_view raw() const { return std::string_view(raw_).substr(0, shown_); }
  // UTF-8: the exact bytes where they are valid, else the escaped form.
  std::string_view display() const { return is_utf8_ ? raw() : display_; }
  // The path is longer than what is kept of it here; the display form may be where the bytes are not.
  bool is_raw_cut() const { return raw_cut_; }
  bool is_display_cut() const { return raw_cut_ || display_cut_; }
  bool is_utf8() const { return is_utf8_; }
  // What stands between this path and the name of an entry.
  std::string_view separator() const { return separator_; }

 private:
  DirectoryRef at_;                      // keeps everything in chain_ alive
  std::vector<const Directory*> chain_;  // the root first, at_ last
  std::string raw_;
  std::string display_;
  std::string_view separator_;
  size_t shown_ = 0;
  bool is_utf8_ = true;
  bool raw_cut_ = false;
  bool display_cut_ = false;
};

}  // namespace pwalk
