#include <fcntl.h>

#include "core/stat_call.hpp"
#include "core/walk_options.hpp"

namespace pwalk {

std::vector<int> probe_roots(const std::vector<std::string>& roots) {
  const StatCall stat(ColumnSet{}, StatMode::automatic);
  std::vector<int> errors;
  errors.reserve(roots.size());
  for (const std::string& root : roots) {
    StatRow unused;
    errors.push_back(stat(AT_FDCWD, root.c_str(), false, unused));
  }
  return errors;
}

}  // namespace pwalk
