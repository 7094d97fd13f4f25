#include "core/mount_info.hpp"

#include <climits>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace pwalk {
namespace {

// Spaces, tabs, line feeds and backslashes are in octal.
std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      out += static_cast<char>(std::strtol(std::string(text.substr(i + 1, 3)).c_str(), nullptr, 8));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Every line of the table: "id parent major:minor root point options … - type source …". Only those that
// have `mark`, where one is given.
template <class Visit>
void each_mount(Visit visit, std::string_view mark = {}) {
  std::ifstream table("/proc/self/mountinfo");
  for (std::string line; std::getline(table, line);) {
    if (line.find(mark) == std::string::npos) continue;
    std::istringstream fields(line);
    MountInfo mount;
    std::string skip, point;
    fields >> mount.id >> skip >> skip >> skip >> point;
    while (fields >> skip && skip != "-") {
    }
    fields >> mount.type;
    mount.point = unescaped(point);
    visit(std::move(mount));
  }
}

bool is_below(std::string_view path, std::string_view point) {
  if (point == "/") return path.starts_with('/');
  return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

}  // namespace

std::optional<MountInfo> mount_of_id(uint64_t id) {
  std::optional<MountInfo> found;
  each_mount([&](MountInfo mount) {
    if (mount.id == id) found = std::move(mount);
  });
  return found;
}

std::optional<MountInfo> mount_of_path(std::string_view path) {
  std::optional<MountInfo> found;
  each_mount([&](MountInfo mount) {
    // Of several on one point the last is the one that is seen.
    if (is_below(path, mount.point) && (!found || mount.point.size() >= found->point.size())) found = std::move(mount);
  });
  return found;
}

std::unordered_set<std::string> automount_names() {
  std::unordered_set<std::string> names;
  const auto add = [&](const MountInfo& mount) { names.insert(mount.point.substr(mount.point.rfind('/') + 1)); };
  each_mount(add, " - autofs ");
  return names;
}

std::string path_of_descriptor(int fd) {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size());
  path.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return path;
}

}  // namespace pwalk
