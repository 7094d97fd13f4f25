#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/directory.hpp"
#include "core/mount_table.hpp"
#include "core/stat_row.hpp"

namespace pwalk {

// A directory that was found and is not entered yet: what is kept of it while it waits, in half the
// bytes of a Directory. All but the references is one record, which can be kept elsewhere meanwhile.
//
// It is one of the parent's users (Directory::users) from when it is found until it was entered.
class PendingDirectory {
 public:
  // What there is to know besides the name and the stat.
  struct Facts {
    Mount* mount;
    bool mount_known = true;  // false: `mount` is the parent's
    bool follow = false;      // a symbolic link that is followed
  };

  PendingDirectory(DirectoryRef parent, std::string_view name, const StatRow& stat, const Facts& facts);
  // One that another walk knew. The parent is on the device it was on then.
  static PendingDirectory restored(DirectoryRef parent, std::string_view name, const StatRow& stat, const Facts& facts);
  // From the record of one with that parent and that mount.
  PendingDirectory(DirectoryRef parent, Mount* mount, std::string_view record);

  // The directory itself, to be entered.
  DirectoryRef directory() const;

  const DirectoryRef& parent() const { return parent_; }
  Mount* mount() const { return mount_; }
  std::string_view record() const;
  // Bytes of the record that begins here; 0 when that is none.
  static size_t record_size(std::string_view bytes);
  // What it takes of the heap.
  size_t footprint() const;

 private:
  enum Flag : uint8_t { mount_known = 1, follow = 2, restored_flag = 4, other_device = 8 };
  // Followed by the name.
  struct Head {
    StatRow stat;
    uint32_t name_size;
    uint8_t flags;
  };

  PendingDirectory(DirectoryRef parent, Mount* mount, std::string_view name, const StatRow& stat, uint8_t flags);
  static uint8_t flags_of(const Facts& facts);
  Head head() const;

  DirectoryRef parent_;
  Mount* mount_;
  std::unique_ptr<char[]> record_;
};

}  // namespace pwalk
