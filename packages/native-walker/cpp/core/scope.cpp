#include "core/scope.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "core/errno_policy.hpp"

namespace pwalk {

Scope::Verdict Scope::of(const Directory& parent, Mount* mount, int parent_fd, const std::string& name, const StatRow& row,
                         bool follow) {
  if (options_.skip_names.contains(name)) {
    look_for_user_data(parent, *mount, parent_fd, name, row);
    return {EntryState::skipped_snapshot};
  }
  if (is_too_deep(parent.depth + 1)) return {EntryState::depth_limit};
  if (MountTable::key_of(row) == mount->key) {
    // A directory of autofs that nothing is mounted on: opening it would change that.
    return mount->kind == FileSystemKind::automount ? Verdict{EntryState::pseudo_fs} : Verdict{EntryState::ok, mount};
  }
  if (options_.one_file_system) return {EntryState::other_fs};
  const MountTable::Probe probe = mounts_.at(row, parent_fd, name.c_str(), follow);
  mount = probe.mount;
  if (mount == nullptr) return {state_of(probe.error), nullptr, probe.error, probe.operation};
  if (mount->kind == FileSystemKind::automount) return {EntryState::pseudo_fs};
  if (mount->kind == FileSystemKind::pseudo && !options_.include_pseudo) return {EntryState::pseudo_fs};
  return {EntryState::ok, mount};
}

Scope::Verdict Scope::of_root(const Directory& root, const StatRow& row) {
  if (options_.one_file_system && !row.has_mnt_id) notes_.scope_by_device();
  if (is_too_deep(root.depth)) return {EntryState::depth_limit};
  const auto [mount, error, operation] = mounts_.at(row, AT_FDCWD, root.name.c_str(), root.follow);
  return {mount == nullptr ? state_of(error) : EntryState::ok, mount, error, operation};
}

// Snapshots are on a file system of their own, or cannot be written. What is on its parent's and can
// be written may be a user's directory that merely has the name.
void Scope::look_for_user_data(const Directory& parent, const Mount& mount, int parent_fd, const std::string& name,
                               const StatRow& row) {
  if (MountTable::key_of(row) != mount.key || row.dev != parent.dev || (row.mode & 0222) == 0) return;
  if (::faccessat(parent_fd, name.c_str(), W_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW) != 0) return;
  notes_.snapshot_lookalike(path_of(parent, name));
}

}  // namespace pwalk
