// Paths longer than the kernel takes in one piece (PATH_MAX), opened and statted piece by piece.
#pragma once

#include <string>

#include <sys/stat.h>

#include "pwalk/unique_fd.hpp"

namespace pwalk {

// As open(2); -1 and errno when it fails.
UniqueFd open_path(const std::string& path, int flags);

// As fstatat(2) from the working directory, without triggering automounts; 0 or an errno.
int stat_path(const std::string& path, bool follow, struct stat& into);

}  // namespace pwalk
