#include "core/directory.hpp"

#include <string_view>

namespace pwalk {

Directory::Directory(DirectoryRef parent_ref, std::string name_bytes, int32_t at_depth, size_t length, MemoryMeter* counted_by)
    : parent(std::move(parent_ref)), name(std::move(name_bytes)), path_length(length), depth(at_depth), meter_(counted_by) {
  if (meter_ != nullptr) meter_->add(this, footprint());
}

Directory::~Directory() {
  if (meter_ != nullptr) meter_->remove(this, footprint());
}

DirectoryRef Directory::root(std::string path, MemoryMeter* meter) {
  const size_t length = path.size();
  DirectoryRef made(new Directory(DirectoryRef(), std::move(path), -1, length, meter));
  made->follow = made->ends_in_slash();
  return made;
}

DirectoryRef Directory::child(DirectoryRef parent, std::string name, const StatRow* stat) {
  const int32_t depth = parent->depth + 1;
  const size_t length = parent->path_length + (parent->ends_in_slash() ? 0 : 1) + name.size();
  MemoryMeter* const meter = parent->meter_;
  DirectoryRef made(new Directory(std::move(parent), std::move(name), depth, length, meter));
  if (stat != nullptr) made->set_stat(*stat);
  return made;
}

DirectoryRef Directory::restored_root(std::string path, const FileIdentity& then, MemoryMeter* meter) {
  DirectoryRef made = root(std::move(path), meter);
  made->restore(then, true);
  return made;
}

DirectoryRef Directory::restored_child(DirectoryRef parent, std::string name, const FileIdentity& then) {
  const bool other_device = parent->dev != then.dev;
  DirectoryRef made = child(std::move(parent), std::move(name), nullptr);
  made->restore(then, other_device);
  return made;
}

DirectoryRef Directory::restored_child(DirectoryRef parent, std::string name, const StatRow& then, bool other_device) {
  // The parent's device is not looked at: somebody may be opening it.
  DirectoryRef made = child(std::move(parent), std::move(name), nullptr);
  made->restore({then.dev, then.inode}, other_device);
  made->stat = then;
  made->has_stat = true;
  return made;
}

void Directory::restore(const FileIdentity& then, bool other_device) {
  dev = then.dev;
  inode = then.inode;
  identified = true;
  restored = true;
  other_device_ = other_device;
}

void Directory::set_stat(const StatRow& row) {
  stat = row;
  has_stat = true;
  dev = row.dev;
  inode = row.inode;
  identified = true;
  entered = false;
  restored = false;
}

std::string_view Directory::last_component() const {
  std::string_view text = name;
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  const size_t slash = text.rfind('/');
  return text.size() > 1 && slash != std::string_view::npos ? text.substr(slash + 1) : text;
}

std::string path_of(const Directory& directory) {
  std::string path(directory.path_length, '/');
  for (const Directory* at = &directory; at != nullptr; at = at->parent.get()) {
    path.replace(at->path_length - at->name.size(), at->name.size(), at->name);
  }
  return path;
}

std::string path_of(const Directory& directory, std::string_view name) {
  std::string path = path_of(directory);
  if (!directory.ends_in_slash()) path += '/';
  return path.append(name);
}

DirectoryRef::~DirectoryRef() {
  Directory* target = target_;
  while (target != nullptr && target->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    // The parent's reference is taken out first, so that destructors never nest.
    Directory* above = std::exchange(const_cast<DirectoryRef&>(target->parent).target_, nullptr);
    delete target;
    target = above;
  }
}

}  // namespace pwalk
