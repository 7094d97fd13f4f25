#include "core/protection.hpp"

#include <fcntl.h>

#include "core/climb.hpp"
#include "pwalk/unique_fd.hpp"

namespace pwalk::repair {

void Protection::add_tree(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  InodeStatus status;
  if (!fd.valid() || status_of(fd.get(), status) != 0) return;
  trees_.push_back(status.identity);
  climb(fd.get(), [&](const InodeStatus& ancestor) {
    if (!is_above(ancestor.identity)) above_.push_back(ancestor.identity);
    return true;
  });
}

void Protection::add_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  InodeStatus status;
  if (fd.valid() && status_of(fd.get(), status) == 0) directories_.push_back(status.identity);
}

}  // namespace pwalk::repair
