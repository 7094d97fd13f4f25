#pragma once

#include <string>
#include <vector>

#include <napi.h>

#include "core/walk_options.hpp"

namespace pwalk {

// Byte strings from an array of Uint8Arrays. Throws a TypeError, also for a NUL byte, which no path has.
std::vector<std::string> byte_strings(const Napi::Value& value, const char* what);

// Bytes from a Uint8Array. Throws a TypeError.
std::string bytes_from_js(const Napi::Value& value, const char* what);

// Bytes without a NUL from a Uint8Array. Throws a TypeError.
std::string byte_string(const Napi::Value& value, const char* what);

// An integer member from `least` to `most`, `fallback` where it is undefined. Throws a RangeError.
size_t count_option(const Napi::Object& object, const char* name, size_t fallback, size_t least, size_t most);

// Throws a TypeError or RangeError that names the option.
WalkOptions options_from_js(const Napi::Object& object);

}  // namespace pwalk
