#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/descent.hpp"

namespace pwalk::repair {

// Which group a directory hands on to what is in it: its own, when its owner is trusted and the group is
// not bad, else that of the nearest directory above, inside the root, of which both are true. What
// users own must not steer the group of what others get.
struct Inheritance {
  std::vector<uint32_t> trusted_owners;
  std::vector<uint32_t> bad_groups;  // besides root's, and those that are private to one user

  // For the entry that was approached, reached or glanced at last: 0 when there is none.
  uint32_t group_for(Descent& descent) const {
    const InodeStatus* from = descent.nearest_above([&](const InodeStatus& directory) {
      const bool private_or_root = directory.gid == directory.uid || directory.gid == 0;
      return has(trusted_owners, directory.uid) && !private_or_root && !has(bad_groups, directory.gid);
    });
    return from == nullptr ? 0 : from->gid;
  }

 private:
  static bool has(const std::vector<uint32_t>& ids, uint32_t id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }
};

}  // namespace pwalk::repair
