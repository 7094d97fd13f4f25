#include "core/accounts.hpp"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <vector>

namespace pwalk::repair {
namespace {

// Calls `look(buffer, size)` with room enough; what it returns is an errno.
template <class Look>
bool with_room(Look&& look) {
  for (std::vector<char> buffer(4096); buffer.size() <= (1 << 24); buffer.resize(buffer.size() * 4)) {
    const int error = look(buffer.data(), buffer.size());
    if (error != ERANGE) return error == 0;
  }
  return false;
}

}  // namespace

std::optional<std::string> group_name(uint32_t gid) {
  std::optional<std::string> name;
  with_room([&](char* buffer, size_t size) {
    group entry{};
    group* found = nullptr;
    const int error = ::getgrgid_r(gid, &entry, buffer, size, &found);
    if (error == 0 && found != nullptr) name = found->gr_name;
    return error;
  });
  return name;
}

std::optional<uint32_t> group_id(const std::string& name) {
  std::optional<uint32_t> id;
  with_room([&](char* buffer, size_t size) {
    group entry{};
    group* found = nullptr;
    const int error = ::getgrnam_r(name.c_str(), &entry, buffer, size, &found);
    if (error == 0 && found != nullptr) id = found->gr_gid;
    return error;
  });
  return id;
}

std::optional<uint32_t> user_id(const std::string& name) {
  std::optional<uint32_t> id;
  with_room([&](char* buffer, size_t size) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = ::getpwnam_r(name.c_str(), &entry, buffer, size, &found);
    if (error == 0 && found != nullptr) id = found->pw_uid;
    return error;
  });
  return id;
}

}  // namespace pwalk::repair
