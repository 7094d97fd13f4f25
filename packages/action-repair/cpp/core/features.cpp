#include "core/features.hpp"

#include <sys/xattr.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "pwalk/listxattrat.hpp"

namespace pwalk::repair {
namespace {

constexpr std::string_view acl_access_name = "system.posix_acl_access";
constexpr std::string_view acl_default_name = "system.posix_acl_default";

// The kernel's limits of a list of names and of one value.
constexpr size_t largest = 65536;

// 0 or an errno; `value` is what was read.
template <class Read>
int read_all(std::string& value, Read&& read) {
  value.resize(1024);
  for (;;) {
    const ssize_t got = read(value.data(), value.size());
    if (got >= 0) {
      value.resize(static_cast<size_t>(got));
      return 0;
    }
    if (errno != ERANGE || value.size() >= largest) return errno;
    value.resize(largest);
  }
}

// `list(to, size)` and `get(name, to, size)` are listxattr and getxattr of the entry.
template <class List, class Get>
Features read_features(List&& list, Get&& get, const InodeStatus& inode, uint32_t new_mode) {
  Features found;
  if (inode.immutable) found.bits |= immutable;
  if (inode.append_only) found.bits |= append_only;
  // Most have none, or few.
  char few[256];
  const ssize_t length = list(few, sizeof few);
  if (length == 0) return found;
  std::string names(few, length < 0 ? 0 : static_cast<size_t>(length));
  const int error = length > 0 ? 0 : errno == ERANGE ? read_all(names, list) : errno;
  // A file system without extended attributes has neither ACLs nor capabilities.
  if (error == EOPNOTSUPP) return found;
  if (error != 0) {
    found.error = error;
    return found;
  }
  for (size_t at = 0; at < names.size();) {
    const std::string_view name(names.c_str() + at);
    at += name.size() + 1;
    if (name == acl_access_name) {
      std::string value;
      found.error = read_all(value, [&](char* to, size_t size) { return get(acl_access_name.data(), to, size); });
      if (found.error == ENODATA) found.error = 0;  // removed just now: ctime will tell
      if (found.error != 0) return found;
      const AclReading acl = read_acl(value, new_mode);
      if (acl.extended) found.bits |= acl_access;
      found.widened = acl.widened;
    } else if (name == acl_default_name) {
      found.bits |= acl_default;
    } else if (name == "security.capability") {
      found.bits |= capability;
    } else if (name.starts_with("system.") && name.find("acl") != std::string_view::npos) {
      found.bits |= acl_other;
    }
  }
  return found;
}

}  // namespace

Features features_of(int fd, const InodeStatus& inode, uint32_t new_mode) {
  const std::string place = ProcDescriptors::path_of(fd);
  return read_features([&](char* to, size_t size) { return ::listxattr(place.c_str(), to, size); },
                       [&](const char* name, char* to, size_t size) {
                         return ::getxattr(place.c_str(), name, to, size);
                       },
                       inode, new_mode);
}

Features features_at(int directory, const std::string& entry, bool has_listxattrat, const InodeStatus& inode,
                     uint32_t new_mode) {
  const auto place = [&] { return ProcDescriptors::path_of(directory) + "/" + entry; };
  return read_features(
      [&](char* to, size_t size) {
        if (has_listxattrat) return listxattrat(directory, entry.c_str(), to, size);
        return ::llistxattr(place().c_str(), to, size);
      },
      [&](const char* name, char* to, size_t size) { return ::lgetxattr(place().c_str(), name, to, size); }, inode,
      new_mode);
}

AclReading read_acl(std::string_view value, uint32_t new_mode) {
  constexpr uint16_t user = 2, group_object = 4, group = 8, mask = 16;
  struct Entry {
    uint16_t tag;
    uint16_t permissions;
    uint32_t id;
  };
  AclReading reading;
  constexpr size_t header = 4;
  if (value.size() < header || (value.size() - header) % sizeof(Entry) != 0) {
    reading.extended = !value.empty();  // another version: more than we can say
    return reading;
  }
  value.remove_prefix(header);
  const auto each = [&](auto&& visit) {
    for (size_t at = 0; at < value.size(); at += sizeof(Entry)) {
      Entry entry;
      std::memcpy(&entry, value.data() + at, sizeof entry);
      visit(entry);
    }
  };
  unsigned old_mask = 7;
  each([&](const Entry& entry) {
    if (entry.tag == mask) old_mask = entry.permissions;
    if (entry.tag == user || entry.tag == group || entry.tag == mask) reading.extended = true;
  });
  const unsigned new_mask = (new_mode >> 3) & 7;
  each([&](const Entry& entry) {
    const bool masked = entry.tag == user || entry.tag == group || entry.tag == group_object;
    if (reading.extended && masked && (entry.permissions & new_mask & ~old_mask) != 0) ++reading.widened;
  });
  return reading;
}

}  // namespace pwalk::repair
