#include "core/task_state.hpp"

#include <cstdio>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "pwalk/unique_fd.hpp"

namespace pwalk {

TaskState state_of_task(pid_t task) {
  char path[48];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/stat", static_cast<int>(task));
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return TaskState::unknown;
  // "id (name) state …", where a name has at most 15 bytes, which may be anything.
  char text[64];
  const ssize_t size = ::read(file.get(), text, sizeof text);
  const std::string_view head(text, size > 0 ? static_cast<size_t>(size) : 0);
  const size_t name_end = head.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= head.size()) return TaskState::unknown;
  switch (head[name_end + 2]) {
    case 'R':
      return TaskState::running;
    case 'S':
    case 'D':
    case 'I':
      return TaskState::asleep;
    default:
      return TaskState::unknown;
  }
}

}  // namespace pwalk
