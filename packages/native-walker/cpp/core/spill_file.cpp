#include "core/spill_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace pwalk {

// Without a name from the start where the file system can do that; else with one for a moment.
void SpillFile::make() {
  const char* directory = options_.directory.c_str();
  fd_.reset(::open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd_.valid()) return;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) throw SpillError(errno);
  std::string name = options_.directory + "/.pwalk-spill-XXXXXX";
  UniqueFd named(::mkostemp(name.data(), O_CLOEXEC));
  if (!named.valid() || ::unlink(name.c_str()) != 0) throw SpillError(errno);
  fd_ = std::move(named);
}

uint32_t SpillFile::write(std::string_view bytes) {
  if (!fd_.valid()) make();
  if (free_.empty()) {
    if ((uint64_t{slots_} + 1) * options_.slot_bytes > options_.limit) throw SpillError(0);
    free_.push_back(slots_++);
  }
  const uint32_t slot = free_.back();
  auto at = static_cast<off_t>(uint64_t{slot} * options_.slot_bytes);
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw SpillError(written < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<size_t>(written));
    at += written;
  }
  free_.pop_back();
  return slot;
}

void SpillFile::read(uint32_t slot, std::string& bytes) const {
  const auto start = static_cast<off_t>(uint64_t{slot} * options_.slot_bytes);
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::pread(fd_.get(), bytes.data() + done, bytes.size() - done, start + static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw SpillError(got < 0 ? errno : EIO);
    done += static_cast<size_t>(got);
  }
}

void SpillFile::close() {
  fd_.reset();
  free_.clear();
  slots_ = 0;
}

}  // namespace pwalk
