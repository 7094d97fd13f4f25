#include <fcntl.h>

#include "core/stat_call.hpp"
#include "core/walk_options.hpp"

namespace pwalk {

std::vector<RootProbe> probe_roots(const std::vector<std::string>& roots) {
  const StatCall stat(ColumnSet::of(Column::inode, Column::btime), StatMode::automatic);
  std::vector<RootProbe> probes;
  probes.reserve(roots.size());
  for (const std::string& root : roots) {
    StatRow row;
    const int error = stat(AT_FDCWD, root.c_str(), false, row);
    probes.push_back({.error = error,
                      .identity = {row.dev, row.inode},
                      .btime = row.has_btime ? std::optional(row.btime) : std::nullopt});
  }
  return probes;
}

}  // namespace pwalk
