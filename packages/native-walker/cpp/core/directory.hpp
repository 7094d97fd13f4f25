#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "core/file_identity.hpp"
#include "core/memory_meter.hpp"
#include "core/mount_table.hpp"
#include "core/stat_row.hpp"
#include "core/vocabulary.hpp"
#include "pwalk/unique_fd.hpp"

namespace pwalk {

class Directory;
class DescriptorPool;

// A counted reference to a Directory; copied and dropped on any thread.
class DirectoryRef {
 public:
  DirectoryRef() = default;
  explicit DirectoryRef(Directory* adopted) noexcept : target_(adopted) {}
  DirectoryRef(const DirectoryRef& other) noexcept;
  DirectoryRef(DirectoryRef&& other) noexcept : target_(std::exchange(other.target_, nullptr)) {}
  DirectoryRef& operator=(DirectoryRef other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~DirectoryRef();

  Directory* get() const noexcept { return target_; }
  Directory& operator*() const noexcept { return *target_; }
  Directory* operator->() const noexcept { return target_; }
  explicit operator bool() const noexcept { return target_ != nullptr; }

 private:
  Directory* target_ = nullptr;
};

// A directory of the walk, from its discovery until the last entry below it is done; or a root,
// which may turn out to be something else.
//
// Lifetime: work items and children hold references; the chain of parents is what a path is made
// from and what an evicted descriptor is opened again through. Releasing a chain is a loop, however
// deep the tree.
// Threads: `parent`, `name`, `depth` and `path_length` never change. `stat` belongs to the worker
// that holds the directory's work item, until the directory is open. `dev`, `inode`, `mount` and
// `follow` are written by that worker before anybody else can know the directory. The descriptor fields belong
// to the DescriptorPool and its lock. The sums are atomic: chunks of one directory end on any thread.
class Directory {
 public:
  // `meter`, if any, counts what the root and the directories below it take of memory; it outlives them.
  static DirectoryRef root(std::string path, MemoryMeter* meter = nullptr);
  static DirectoryRef child(DirectoryRef parent, std::string name, const StatRow* stat);
  // One that another walk knew, by its identity then: devices may have got other numbers since. A parent
  // that nobody opens yet has the number it had then.
  static DirectoryRef restored_root(std::string path, const FileIdentity& then, MemoryMeter* meter = nullptr);
  static DirectoryRef restored_child(DirectoryRef parent, std::string name, const FileIdentity& then);
  // The same with the stat it had; whether it was on another device than its parent.
  static DirectoryRef restored_child(DirectoryRef parent, std::string name, const StatRow& then, bool other_device);

  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  bool is_root() const { return !parent; }
  // Names of children follow without a slash of their own: the root was typed with one.
  bool ends_in_slash() const { return is_root() && name.ends_with('/'); }
  // The last component: of a root as typed, without the slashes at the end.
  std::string_view last_component() const;

  const DirectoryRef parent;
  const std::string name;  // of a root: its path as typed
  const size_t path_length;
  const int32_t depth;  // a root is -1

  bool has_stat = false;
  bool identified = false;
  // To be opened through a symbolic link: a root typed with a slash at the end, or a link that is followed.
  bool follow = false;
  // False where there was no descriptor to find out: `mount` is the parent's then.
  bool mount_known = true;
  // Counted as visited, where symbolic links are followed.
  bool entered = false;
  // Known from another walk: `dev` is what it was then, until the DescriptorPool has opened it; `mount` is
  // a stand-in, until somebody has looked through the descriptor.
  bool restored = false;

  // How the listing went; written by the reader before it ends its part.
  EntryState state = EntryState::ok;
  int error = 0;

  // What the parent's unit saw; kept for the directory's own row.
  StatRow stat;
  // Identity, once known: from the stat, else from the first time it was opened.
  uint64_t dev = 0;
  uint64_t inode = 0;
  // What it is on; null until a root was looked at. Belongs to the walk.
  Mount* mount = nullptr;

  void set_stat(const StatRow& row);
  FileIdentity identity() const { return {dev, inode}; }

  // Parts (the listing itself, and stat chunks) that have not ended. The one that ends last emits
  // the directory's row.
  std::atomic<uint32_t> open_parts{0};
  std::atomic<uint64_t> listed{0};      // entries but the dots
  std::atomic<uint64_t> accounted{0};   // those that got a row, vanished, were excluded, or have a unit of their own
  std::atomic<uint64_t> entry_bytes{0};
  std::atomic<bool> malformed{false};   // listed a name no file system may hand out

  // Work items that will need the descriptor: children not opened yet, chunks, the listing. Raised
  // by whoever has the descriptor pinned, lowered through the DescriptorPool.
  std::atomic<uint32_t> users{0};

 private:
  friend class DirectoryRef;
  friend class DescriptorPool;

  Directory(DirectoryRef parent_ref, std::string name_bytes, int32_t at_depth, size_t length, MemoryMeter* counted_by);
  ~Directory();
  void restore(const FileIdentity& then, bool other_device);
  size_t footprint() const { return heap_bytes(sizeof(Directory)) + heap_bytes_of(name); }

  MemoryMeter* const meter_;
  std::atomic<uint32_t> references_{1};
  UniqueFd fd_;
  bool other_device_ = false;  // restored: on another device than its parent, as mount points and roots are
  bool confirmed_ = false;     // restored: `dev` is what it is now
  uint32_t pins_ = 0;             // threads using the descriptor right now
  Directory* idle_before_ = nullptr;  // in the pool's list of idle descriptors
  Directory* idle_after_ = nullptr;
};

// The exact bytes of the path of a directory, and of `name` in it.
std::string path_of(const Directory& directory);
std::string path_of(const Directory& directory, std::string_view name);

inline DirectoryRef::DirectoryRef(const DirectoryRef& other) noexcept : target_(other.target_) {
  if (target_ != nullptr) target_->references_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace pwalk
