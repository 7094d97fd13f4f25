#include "core/path_text.hpp"

#include <cstring>

#include "core/utf8.hpp"

namespace pwalk {

void PathText::enter(const DirectoryRef& directory) {
  if (at_.get() == directory.get()) return;
  const auto level = [](const Directory& at) { return static_cast<size_t>(at.depth) + 1; };
  raw_.resize(directory->path_length);
  chain_.resize(level(*directory) + 1);
  // From the last component backwards, until the directory the text already has.
  for (const Directory* at = directory.get(); at != nullptr && chain_[level(*at)] != at; at = at->parent.get()) {
    chain_[level(*at)] = at;
    const size_t start = at->path_length - at->name.size();
    std::memcpy(raw_.data() + start, at->name.data(), at->name.size());
    if (!at->is_root() && !at->parent->ends_in_slash()) raw_[start - 1] = '/';
  }
  at_ = directory;
  separator_ = directory->ends_in_slash() ? std::string_view() : std::string_view("/");
  is_utf8_ = pwalk::is_utf8(raw_);
  display_.clear();
  if (!is_utf8_) append_display(raw_, display_);
}

}  // namespace pwalk
