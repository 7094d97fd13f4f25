#include "core/path_text.hpp"

#include <algorithm>
#include <cstring>

#include "core/utf8.hpp"

namespace pwalk {

void PathText::enter(const DirectoryRef& directory) {
  if (at_.get() == directory.get()) return;
  const auto level = [](const Directory& at) { return static_cast<size_t>(at.depth) + 1; };
  const size_t length = std::min(directory->path_length, longest_path);
  const bool same_length = raw_.size() == length;
  raw_.resize(length);
  chain_.resize(level(*directory) + 1);
  // From the last component backwards, until the directory the text already has.
  size_t changed = length;
  for (const Directory* at = directory.get(); at != nullptr && chain_[level(*at)] != at; at = at->parent.get()) {
    chain_[level(*at)] = at;
    size_t start = at->path_length - at->name.size();
    if (start < length) std::memcpy(raw_.data() + start, at->name.data(), std::min(at->name.size(), length - start));
    if (!at->is_root() && !at->parent->ends_in_slash() && --start < length) raw_[start] = '/';
    changed = std::min(changed, start);
  }
  at_ = directory;
  separator_ = directory->ends_in_slash() ? std::string_view() : std::string_view("/");
  raw_cut_ = directory->path_length > length;
  // Far down nothing of what is kept changes from one directory to the next.
  if (changed == length && same_length && shown_ != 0) return;
  shown_ = raw_cut_ ? whole_characters(raw_) : length;
  // Text that was valid up to a separator still is.
  const size_t known = is_utf8_ ? std::min(changed, shown_) : 0;
  is_utf8_ = pwalk::is_utf8(raw().substr(known));
  display_.clear();
  display_cut_ = false;
  if (is_utf8_) return;
  append_display(raw(), display_);
  if (display_.size() <= longest_path) return;
  display_.resize(longest_path);
  display_.resize(whole_characters(display_));
  display_cut_ = true;
}

}  // namespace pwalk
