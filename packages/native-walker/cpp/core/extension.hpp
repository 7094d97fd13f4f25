#pragma once

#include <string_view>

namespace pwalk {

// The bytes after the last dot that is not the first byte of the name; empty where there is none.
// Directories have no extension: do not ask for theirs.
inline std::string_view extension_of(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  return name.substr(dot + 1);
}

}  // namespace pwalk
