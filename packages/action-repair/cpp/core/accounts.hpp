#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pwalk::repair {

// Users and groups as the system knows them (NSS). May ask a server: not for use per entry.
std::optional<std::string> group_name(uint32_t gid);
std::optional<uint32_t> group_id(const std::string& name);
std::optional<uint32_t> user_id(const std::string& name);

}  // namespace pwalk::repair
