// Shell patterns over bytes, one path component at a time, as gitignore has them: * is any bytes,
// ? one byte, [...] one of a set ([!...] and [^...] one that is not, ranges, [:alpha:] and its kin), \ takes the
// next byte as it is. What is not a pattern (an unclosed bracket, a backslash at the end) matches nothing.
#pragma once

#include <string_view>

namespace pwalk {

// In time proportional to the product of both lengths, whatever the pattern.
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace pwalk
