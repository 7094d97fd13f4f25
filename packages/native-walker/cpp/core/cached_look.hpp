#pragma once

#include <cstdint>
#include <string>

namespace pwalk {

enum class Leads : uint8_t {
  to_directory,
  elsewhere,  // to something else, or nowhere
  unknown,    // not without waiting, or off the file system
};

// Where a path leads, links followed, as far as the kernel knows without asking a file system: never waits for a
// disk, a server or an automount. What is on another file system than `dev` is `unknown`: its types may be as
// old as its cache. So is everything before Linux 5.12, which has no such look.
Leads look_cached(const std::string& path, uint64_t dev);

}  // namespace pwalk
