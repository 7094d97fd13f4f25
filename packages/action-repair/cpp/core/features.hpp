#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/change_record.hpp"
#include "core/inode_status.hpp"
#include "pwalk/proc_descriptors.hpp"

namespace pwalk::repair {

struct Features {
  uint32_t bits = 0;     // of Feature
  uint32_t widened = 0;  // ACL entries that gain rights when the group bits become those of new_mode
  int error = 0;
};

// Reads the extended attributes and flags of an entry that is a file or a directory, by its place below
// the verified /proc/self/fd: O_PATH descriptors have no attributes of their own.
// Of a descriptor itself:
Features features_of(int fd, const InodeStatus& inode, uint32_t new_mode);
// Of an entry of a directory that a descriptor stands for; a link in its place is not followed. Where the
// kernel has listxattrat most need no path, which takes a third of the time.
Features features_at(int directory, const std::string& entry, bool has_listxattrat, const InodeStatus& inode,
                     uint32_t new_mode);

// How a POSIX ACL reads beside the mode; the attribute's value in the kernel's format, version 2.
// Source: include/uapi/linux/posix_acl_xattr.h
struct AclReading {
  bool extended = false;  // it has entries or a mask that the mode cannot express
  uint32_t widened = 0;
};
AclReading read_acl(std::string_view value, uint32_t new_mode);

}  // namespace pwalk::repair
