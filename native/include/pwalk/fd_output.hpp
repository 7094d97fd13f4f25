#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstddef>
#include <string_view>

#include "pwalk/unique_fd.hpp"

namespace pwalk {

// Writes to a file, a pipe or a device, from the descriptor's current position on, in steps that end
// soon: a pipe whose reader has stopped reading does not keep the writer from looking around.
//
// It works on its own duplicate: the caller may close the original at any time without a write of
// ours landing in a file that was given the same number.
class FdOutput {
 public:
  struct Step {
    std::size_t written = 0;
    int error = 0;  // an errno; what was written before it counts
  };

  // How long a step waits for the reader of a pipe, all in all.
  static constexpr std::chrono::milliseconds patience{50};

  explicit FdOutput(int fd) : fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 3)) {
    struct stat status {};
    if (!fd_.valid() || ::fstat(fd_.get(), &status) != 0) open_error_ = errno;
    regular_ = S_ISREG(status.st_mode);
  }

  // Writes as much of `bytes` as can be written in one step, which may be nothing.
  Step write_some(std::string_view bytes) const noexcept {
    if (open_error_ != 0) return {0, open_error_};
    return regular_ ? write_to_file(bytes) : write_to_reader(bytes);
  }

 private:
  static constexpr std::size_t file_step = 8 << 20;

  Step write_to_file(std::string_view bytes) const noexcept {
    const ssize_t written = ::write(fd_.get(), bytes.data(), std::min(bytes.size(), file_step));
    if (written >= 0) return {static_cast<std::size_t>(written), 0};
    return {0, is_temporary(errno) ? 0 : errno};
  }

  Step write_to_reader(std::string_view bytes) const noexcept {
    using clock = std::chrono::steady_clock;
    const auto deadline = clock::now() + patience;
    Step step;
    while (step.written < bytes.size()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
      if (left.count() <= 0) return step;
      pollfd waiting{fd_.get(), POLLOUT, 0};
      const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
      if (ready == 0) return step;
      // A pipe that poll calls writable takes PIPE_BUF bytes at least; writing more could block. A
      // hang-up or an error is left for the write to name.
      ssize_t written = -1;
      if (ready > 0) {
        written = ::write(fd_.get(), bytes.data() + step.written,
                          std::min<std::size_t>(bytes.size() - step.written, PIPE_BUF));
      }
      if (written >= 0) {
        step.written += static_cast<std::size_t>(written);
      } else if (!is_temporary(errno)) {
        step.error = errno;
        return step;
      }
    }
    return step;
  }

  static bool is_temporary(int error) noexcept { return error == EINTR || error == EAGAIN; }

  UniqueFd fd_;
  int open_error_ = 0;
  bool regular_ = false;
};

}  // namespace pwalk
