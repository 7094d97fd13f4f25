#include "core/tree_root.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <climits>

#include "core/climb.hpp"
#include "pwalk/listxattrat.hpp"
#include "pwalk/openat2.hpp"

namespace pwalk::repair {
namespace {

constexpr int directory_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// One component after the other, none of them a symbolic link: what openat2 does with NO_SYMLINKS.
UniqueFd open_without_links(const std::string& path) {
  UniqueFd at(::open(path.starts_with('/') ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (size_t start = 0; at.valid() && start < path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string name = path.substr(start, end - start);
    start = end + 1;
    if (name.empty() || name == ".") continue;
    UniqueFd next(::openat(at.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    InodeStatus status;
    if (next.valid() && status_of(next.get(), status) == 0 && !status.is_directory()) {
      next.reset();
      errno = S_ISLNK(status.mode) ? ELOOP : ENOTDIR;
    }
    at = std::move(next);
  }
  return at;
}

}  // namespace

TreeRoot::TreeRoot(const std::string& path, Protection protection)
    : protection_(std::move(protection)),
      has_openat2_(openat2_works()),
      has_listxattrat_(listxattrat_works()),
      refusal_(examine(path)) {}

Refusal TreeRoot::examine(const std::string& path) {
  if (has_openat2_) {
    fd_.reset(openat2(AT_FDCWD, path.c_str(), directory_flags, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS));
  } else {
    fd_ = open_without_links(path);
  }
  if (!fd_.valid()) {
    error_ = errno;
    if (error_ == ELOOP) return Refusal::symbolic_link;
    if (error_ != ENOTDIR) return Refusal::unreachable;
    // The last component may be a link, which O_DIRECTORY | O_NOFOLLOW calls no directory.
    const UniqueFd entry(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    InodeStatus status;
    const bool is_link = entry.valid() && status_of(entry.get(), status) == 0 && S_ISLNK(status.mode);
    return is_link ? Refusal::symbolic_link : Refusal::not_a_directory;
  }
  error_ = status_of(fd_.get(), status_);
  if (error_ != 0) return Refusal::unreachable;
  if (proc_.valid()) {
    std::array<char, PATH_MAX + 1> name;
    const ssize_t length = ::readlink(ProcDescriptors::path_of(fd_.get()).c_str(), name.data(), PATH_MAX);
    if (length > 0) path_.assign(name.data(), static_cast<size_t>(length));
  }
  if (protection_.is_protected(status_.identity) || protection_.is_own(status_.identity)) {
    return Refusal::protected_directory;
  }
  if (protection_.is_above(status_.identity)) return Refusal::above_protected;
  bool inside = false;
  error_ = climb(fd_.get(), [&](const InodeStatus& ancestor) {
    inside = inside || protection_.is_protected_tree(ancestor.identity) || protection_.is_own(ancestor.identity);
    ancestors_.push_back(ancestor);
    return true;
  });
  if (error_ != 0) return Refusal::unreachable;
  return inside ? Refusal::inside_protected : Refusal::none;
}

}  // namespace pwalk::repair
