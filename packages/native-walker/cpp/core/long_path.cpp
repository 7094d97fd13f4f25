#include "core/long_path.hpp"

#include <cerrno>
#include <climits>
#include <string_view>

#include <fcntl.h>

namespace pwalk {
namespace {

// The directory that holds the last piece, and that piece, short enough for one call. `directory` is
// invalid and errno set when a piece cannot be entered.
struct LastPiece {
  UniqueFd directory;
  std::string name;
};

LastPiece last_piece(std::string_view path) {
  UniqueFd at;
  int from = AT_FDCWD;
  while (path.size() >= PATH_MAX) {
    const size_t slash = path.rfind('/', PATH_MAX - 2);
    if (slash == std::string_view::npos || slash == 0) {
      errno = ENAMETOOLONG;
      return {};
    }
    const std::string piece(path.substr(0, slash));
    UniqueFd next(::openat(from, piece.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!next.valid()) return {};
    at = std::move(next);
    from = at.get();
    path.remove_prefix(slash);
    while (path.starts_with('/')) path.remove_prefix(1);
  }
  return {std::move(at), std::string(path.empty() ? "." : path)};
}

}  // namespace

UniqueFd open_path(const std::string& path, int flags) {
  if (path.size() < PATH_MAX) return UniqueFd(::open(path.c_str(), flags));
  const LastPiece last = last_piece(path);
  return UniqueFd(last.directory.valid() ? ::openat(last.directory.get(), last.name.c_str(), flags) : -1);
}

int stat_path(const std::string& path, bool follow, struct stat& into) {
  const int flags = AT_NO_AUTOMOUNT | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
  if (path.size() < PATH_MAX) return ::fstatat(AT_FDCWD, path.c_str(), &into, flags) == 0 ? 0 : errno;
  const LastPiece last = last_piece(path);
  if (!last.directory.valid()) return errno;
  return ::fstatat(last.directory.get(), last.name.c_str(), &into, flags) == 0 ? 0 : errno;
}

}  // namespace pwalk
