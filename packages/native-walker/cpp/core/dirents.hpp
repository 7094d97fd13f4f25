// Directory records as getdents64 gives them, walked in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <dirent.h>

namespace pwalk {

struct Dirent {
  uint64_t inode;
  int64_t offset;         // a cookie: where the listing goes on behind this entry
  uint8_t type;           // DT_*, a hint
  std::string_view name;  // followed by a NUL
  bool is_dot() const { return name == "." || name == ".."; }
  // What no file system may hand out; a broken one does.
  bool is_malformed() const { return name.empty() || name.find('/') != std::string_view::npos; }
};

using DirentBytes = std::span<const std::byte>;

// A cursor over records. Borrows the bytes; stops at a record that does not fit them, or whose name
// does not end in it.
class DirentCursor {
 public:
  explicit DirentCursor(DirentBytes records) : records_(records) {}

  bool next(Dirent& entry) {
    constexpr size_t header = offsetof(dirent64, d_name);
    if (at_ + header >= records_.size()) return false;
    // Copied: nothing says that a record begins where its numbers may be read in place.
    const std::byte* const record = records_.data() + at_;
    decltype(dirent64::d_reclen) size;
    std::memcpy(&size, record + offsetof(dirent64, d_reclen), sizeof size);
    if (size <= header || at_ + size > records_.size()) return false;
    std::memcpy(&entry.inode, record + offsetof(dirent64, d_ino), sizeof entry.inode);
    std::memcpy(&entry.offset, record + offsetof(dirent64, d_off), sizeof entry.offset);
    entry.type = static_cast<uint8_t>(record[offsetof(dirent64, d_type)]);
    const char* const name = reinterpret_cast<const char*>(record) + header;
    const size_t length = ::strnlen(name, size - header);
    if (length == size - header) return false;
    entry.name = std::string_view(name, length);
    at_ += size;
    return true;
  }

  // Bytes before the next record.
  size_t position() const { return at_; }

 private:
  DirentBytes records_;
  size_t at_ = 0;
};

}  // namespace pwalk
