#include <fcntl.h>
#include <sys/vfs.h>

#include "core/mount_table.hpp"
#include "core/stat_call.hpp"
#include "core/walk_options.hpp"

namespace pwalk {

std::vector<RootProbe> probe_roots(const std::vector<std::string>& roots) {
  const StatCall stat(ColumnSet{}, StatMode::automatic);
  std::vector<RootProbe> probes;
  probes.reserve(roots.size());
  for (const std::string& root : roots) {
    StatRow unused;
    const int error = stat(AT_FDCWD, root.c_str(), false, unused);
    struct statfs file_system{};
    const bool known = error == 0 && ::statfs(root.c_str(), &file_system) == 0;
    probes.push_back({error, known && is_remote(static_cast<uint32_t>(file_system.f_type))});
  }
  return probes;
}

}  // namespace pwalk
