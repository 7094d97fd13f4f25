#include "core/descent.hpp"

#include <fcntl.h>

#include <cerrno>

#include "pwalk/openat2.hpp"

namespace pwalk::repair {
namespace {

bool is_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('\0') == std::string_view::npos;
}

// False for a path that is none of ours: empty components, "." and ".." are never written by a scan.
bool split(std::string_view path, std::vector<std::string_view>& components) {
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    if (!is_name(name) || end + 1 == path.size()) return false;
    components.push_back(name);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return true;
}

Status status_of_errno(int error) {
  switch (error) {
    case EXDEV: return Status::mount;
    case ENOENT:
    case ENOTDIR:
    case ELOOP: return Status::vanished;
    default: return Status::failed;
  }
}

}  // namespace

Reached Descent::approach(std::string_view path, Last last) {
  Reached reached;
  is_root_ = path.empty();
  const size_t slash = path.rfind('/');
  const size_t length = slash == std::string_view::npos ? 0 : slash;
  name_ = is_root_ ? "." : path.substr(slash + 1);
  // A path that begins with a slash would be one of the root.
  if (!is_root_ && (slash == 0 || !is_name(name_))) {
    reached.status = Status::failed;
    reached.error = EINVAL;
    return reached;
  }
  reached.status = enter(path.substr(0, length), last, reached.error);
  return reached;
}

Reached Descent::reach(std::string_view path) {
  Reached reached = approach(path, Last::open);
  if (reached.status != Status::ok) return reached;
  if (is_root_) {
    reached.fd.reset(::fcntl(root_.fd(), F_DUPFD_CLOEXEC, 3));
    reached.error = reached.fd.valid() ? status_of(reached.fd.get(), reached.inode) : errno;
    if (reached.error != 0) reached.status = Status::failed;
    return reached;
  }
  reached.fd.reset(open_component(directory(), name_, false));
  if (!reached.fd.valid()) {
    reached.error = errno;
    reached.status = status_of_errno(reached.error);
    return reached;
  }
  reached.status = look(reached.fd.get(), reached.inode, reached.error);
  return reached;
}

Reached Descent::glance(std::string_view path) {
  Reached seen = approach(path, Last::open);
  if (seen.status != Status::ok) return seen;
  if (is_root_) {
    seen.error = status_of(root_.fd(), seen.inode);
    if (seen.error != 0) seen.status = Status::failed;
    return seen;
  }
  // A scan has a directory after what is in it.
  if (path == left_) {
    seen.inode = left_inode_;
    return seen;
  }
  seen.error = status_at(directory(), name_.c_str(), seen.inode);
  seen.status = seen.error != 0 ? status_of_errno(seen.error) : judge(seen.inode);
  return seen;
}

// Makes levels_ the directories that `directory` goes through; the last of them may be leaf_ instead.
Status Descent::enter(std::string_view directory, Last last, int& error) {
  if (entered_ == directory && (last == Last::looked_at || !leaf_.has_value())) return Status::ok;
  leave();
  ++directories_;
  std::vector<std::string_view> names;
  if (!split(directory, names)) {
    error = EINVAL;
    return Status::failed;
  }
  size_t common = 0;
  while (common < levels_.size() && common < names.size() && levels_[common].name == names[common]) ++common;
  while (common > 0 && !levels_[common - 1].fd.valid()) --common;
  levels_.resize(common);
  const bool has_leaf = last == Last::looked_at && common < names.size();
  if (const Status status = open_levels(names, names.size() - (has_leaf ? 1 : 0), error); status != Status::ok) {
    return status;
  }
  if (has_leaf) {
    InodeStatus leaf;
    error = status_at(this->directory(), std::string(names.back()).c_str(), leaf);
    if (error != 0) return status_of_errno(error);
    if (!leaf.is_directory()) return Status::vanished;
    if (const Status status = judge(leaf); status != Status::ok) return status;
    leaf_ = leaf;
  }
  entered_.emplace(directory);
  return Status::ok;
}

void Descent::leave() {
  left_.clear();
  if (entered_.has_value() && (leaf_.has_value() || !levels_.empty())) {
    left_ = std::move(*entered_);
    left_inode_ = leaf_.has_value() ? *leaf_ : levels_.back().inode;
  }
  entered_.reset();
  leaf_.reset();
}

Status Descent::open_levels(const std::vector<std::string_view>& names, size_t count, int& error) {
  while (levels_.size() < count) {
    left_.clear();
    std::string name(names[levels_.size()]);
    UniqueFd fd(open_component(directory(), name, true));
    if (!fd.valid()) {
      error = errno;
      return status_of_errno(error);
    }
    InodeStatus inode;
    if (const Status status = look(fd.get(), inode, error); status != Status::ok) return status;
    levels_.push_back({std::move(name), std::move(fd), inode});
    if (levels_.size() > top_levels + bottom_levels) levels_[levels_.size() - 1 - bottom_levels].fd.reset();
  }
  return Status::ok;
}

int Descent::open_component(int parent, const std::string& name, bool directory) const {
  const int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC | (directory ? O_DIRECTORY : 0);
  if (root_.has_openat2()) {
    constexpr uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    return openat2(parent, name.c_str(), flags, resolve);
  }
  return ::openat(parent, name.c_str(), flags);
}

Status Descent::look(int fd, InodeStatus& inode, int& error) const {
  error = status_of(fd, inode);
  return error != 0 ? Status::failed : judge(inode);
}

Status Descent::judge(const InodeStatus& inode) const {
  const InodeStatus& root = root_.status();
  // Also what openat2 has checked already: this is all there is without it.
  if (inode.mount_root || inode.mnt_id != root.mnt_id) return Status::mount;
  if (inode.is_directory() && inode.identity.dev != root.identity.dev) return Status::mount;
  return root_.protection().leaves_out(inode.identity) ? Status::protect : Status::ok;
}

}  // namespace pwalk::repair
