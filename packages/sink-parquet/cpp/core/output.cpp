#include "core/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace pwalk::parquet {
namespace {

constexpr int poll_milliseconds = 50;
constexpr std::size_t file_chunk = 8 << 20;

}  // namespace

Output::Output(int fd, const std::atomic<bool>& cancelled)
    : cancelled_(cancelled), fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 3)) {
  struct stat status {};
  if (!fd_.valid() || ::fstat(fd_.get(), &status) != 0) open_error_ = errno;
  regular_ = S_ISREG(status.st_mode);
}

int Output::write(std::string_view bytes) {
  if (open_error_ != 0) return open_error_;
  while (!bytes.empty()) {
    if (cancelled_.load(std::memory_order_relaxed)) return ECANCELED;
    // A pipe that poll calls writable takes PIPE_BUF bytes at least. Writing more could block for as
    // long as its reader likes, and could not be cancelled.
    std::size_t count = std::min(bytes.size(), file_chunk);
    if (!regular_) {
      const int error = wait_until_writable();
      if (error == EAGAIN) continue;
      if (error != 0) return error;
      count = std::min<std::size_t>(count, PIPE_BUF);
    }
    const ssize_t written = ::write(fd_.get(), bytes.data(), count);
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return errno;
    }
    position_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// 0 when a write will not block, EAGAIN when it would have for now, else an errno. A hang-up or an
// error is left for the write to name.
int Output::wait_until_writable() const {
  pollfd waiting{fd_.get(), POLLOUT, 0};
  const int ready = ::poll(&waiting, 1, poll_milliseconds);
  if (ready > 0) return 0;
  if (ready == 0 || errno == EINTR) return EAGAIN;
  return errno;
}

}  // namespace pwalk::parquet
