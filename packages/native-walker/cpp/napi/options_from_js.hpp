#pragma once

#include <string>
#include <vector>

#include <napi.h>

#include "core/walk_options.hpp"

namespace pwalk {

// Byte strings from an array of Uint8Arrays. Throws a TypeError, also for a NUL byte, which no path has.
std::vector<std::string> byte_strings(const Napi::Value& value, const char* what);

// Throws a TypeError or RangeError that names the option.
WalkOptions options_from_js(const Napi::Object& object);

}  // namespace pwalk
