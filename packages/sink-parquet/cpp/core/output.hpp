#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "pwalk/unique_fd.hpp"

namespace pwalk::parquet {

// Where the file goes: a file descriptor, written from its current position on and never read or
// sought, so pipes do. It works on its own duplicate: the caller may close the original at any time
// without a write of ours landing in a file that was given the same number.
//
// One thread at a time. `cancelled` may be set by another; it must outlive this.
class Output {
 public:
  Output(int fd, const std::atomic<bool>& cancelled);

  // Writes all of it. Returns 0 or an errno; ECANCELED when cancelled.
  int write(std::string_view bytes);
  // Bytes written so far, which is the position in the file.
  std::uint64_t position() const noexcept { return position_; }
  void close() noexcept { fd_.reset(); }

 private:
  int wait_until_writable() const;

  const std::atomic<bool>& cancelled_;
  UniqueFd fd_;
  int open_error_ = 0;
  bool regular_ = false;
  std::uint64_t position_ = 0;
};

}  // namespace pwalk::parquet
