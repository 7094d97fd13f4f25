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
  uint8_t type;           // DT_*, a hint
  std::string_view name;  // followed by a NUL
  bool is_dot() const { return name == "." || name == ".."; }
  // What no file system may hand out; a broken one does.
  bool is_malformed() const { return name.empty() || name.find('/') != std::string_view::npos; }
};

using DirentBytes = std::span<const std::byte>;

// A cursor over records. Borrows the bytes; stops at a record that does not fit them.
class DirentCursor {
 public:
  explicit DirentCursor(DirentBytes records) : records_(records) {}

  bool next(Dirent& entry) {
    constexpr size_t header = offsetof(dirent64, d_name);
    if (at_ + header >= records_.size()) return false;
    const auto* record = reinterpret_cast<const dirent64*>(records_.data() + at_);
    if (record->d_reclen <= header || at_ + record->d_reclen > records_.size()) return false;
    entry.inode = record->d_ino;
    entry.type = record->d_type;
    entry.name = std::string_view(record->d_name, ::strnlen(record->d_name, record->d_reclen - header));
    at_ += record->d_reclen;
    return true;
  }

  // Bytes before the next record.
  size_t position() const { return at_; }

 private:
  DirentBytes records_;
  size_t at_ = 0;
};

}  // namespace pwalk
