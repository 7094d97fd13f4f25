#include "core/worker.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include <dirent.h>
#include <fcntl.h>

#include "core/errno_policy.hpp"

namespace pwalk {
namespace {

constexpr size_t getdents_buffer = 128 << 10;
constexpr int most_races = 3;
// Chunks of one directory that may be queued at a time: enough for every worker, and bounded memory.
constexpr uint32_t least_open_parts = 32;

// One work item's claim on a directory's descriptor, given up at the latest when this is gone.
class DescriptorUse {
 public:
  DescriptorUse(DescriptorPool& pool, Directory* directory) : pool_(pool), directory_(directory) {}
  DescriptorUse(const DescriptorUse&) = delete;
  DescriptorUse& operator=(const DescriptorUse&) = delete;
  ~DescriptorUse() { end(); }
  void end() {
    if (Directory* directory = std::exchange(directory_, nullptr)) pool_.release_user(*directory);
  }

 private:
  DescriptorPool& pool_;
  Directory* directory_;
};

constexpr uint64_t saturating_sum(uint64_t a, uint64_t b) {
  return a + b < a ? std::numeric_limits<uint64_t>::max() : a + b;
}

}  // namespace

Worker::Worker(WalkState& state, size_t index)
    : state_(state),
      index_(index),
      stats_(state.options.columns.intersects(stat_columns)),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(getdents_buffer)),
      writer_(state) {}

void Worker::run() {
  while (auto item = state_.frontier.next(index_)) {
    if (const auto* directory = std::get_if<DirectoryRef>(&*item)) {
      visit(*directory);
    } else {
      visit(*std::get<std::unique_ptr<StatChunk>>(*item));
    }
    writer_.publish();
    state_.frontier.done();
  }
  if (!state_.cancelled()) writer_.flush();
  writer_.publish_accounting();
}

void Worker::visit(const DirectoryRef& directory) {
  DescriptorUse parent(state_.descriptors, directory->parent.get());
  if (directory->is_root() && !begin_root(directory)) return;
  for (int races = 0;; ++races) {
    int error;
    {
      const PinnedDirectory pinned(state_.descriptors, *directory);
      error = pinned.error();
      if (error == 0) {
        parent.end();
        list(directory, pinned.fd());
        return;
      }
    }
    if (state_.cancelled()) return;
    if (!is_raced(error) || races == most_races) return not_entered(directory, error, Operation::open);
    if (!look_again(directory)) return;
  }
}

void Worker::visit(const StatChunk& chunk) {
  const PinnedDirectory pinned(state_.descriptors, *chunk.directory);
  const DescriptorUse use(state_.descriptors, chunk.directory.get());
  if (state_.cancelled()) return;
  writer_.enter(chunk.directory);
  Tally tally;
  examine_all(chunk.directory, pinned.error() == 0 ? pinned.fd() : -1, pinned.error(), chunk.records, tally);
  end_part(chunk.directory, tally);
}

// Stats a root. False when it is not a directory, or not there any more: it has its row then.
bool Worker::begin_root(const DirectoryRef& root) {
  ++writer_.accounting().read;
  StatRow row;
  const int error = state_.stat(AT_FDCWD, root->name.c_str(), false, row);
  if (error != 0) {
    writer_.unlisted(root, {.state = state_of(error), .error = error, .operation = Operation::stat});
    return false;
  }
  root->set_stat(row);
  if (row.is_directory()) return true;
  writer_.unlisted(root, {.type = row.type(), .stat = &row});
  return false;
}

// Opening met something else than what was listed. True when it is a directory (again), to be
// opened as that; otherwise what it is now has been accounted for.
bool Worker::look_again(const DirectoryRef& directory) {
  StatRow row;
  int error;
  if (directory->is_root()) {
    error = state_.stat(AT_FDCWD, directory->name.c_str(), false, row);
  } else {
    const PinnedDirectory parent(state_.descriptors, *directory->parent);
    error = parent.error();
    if (error == 0) error = state_.stat(parent.fd(), directory->name.c_str(), directory->parent->remote, row);
  }
  if (state_.cancelled()) return false;
  if (error != 0) {
    not_entered(directory, error, Operation::stat);
    return false;
  }
  directory->set_stat(row);
  if (row.is_directory()) return true;
  writer_.unlisted(directory, {.type = row.type(), .stat = &row});
  return false;
}

void Worker::not_entered(const DirectoryRef& directory, int error, Operation operation) {
  if (error == ENOENT && !directory->is_root()) {
    ++writer_.accounting().vanished;
    return;
  }
  writer_.unlisted(directory, {.type = EntryType::directory,
                               .stat = directory->has_stat ? &directory->stat : nullptr,
                               .state = state_of(error),
                               .error = error,
                               .operation = operation});
}

void Worker::list(const DirectoryRef& directory, int fd) {
  const Directory* parent = directory->parent.get();
  const bool same_mount = parent != nullptr && parent->dev == directory->dev;
  directory->remote = same_mount ? parent->remote : is_remote(fd);
  directory->open_parts.store(1, std::memory_order_relaxed);
  writer_.enter(directory);
  Tally tally;
  size_t in_first_chunk = 0;
  bool tried_again = false;
  while (!state_.cancelled()) {
    const ssize_t size = ::getdents64(fd, buffer_.get(), getdents_buffer);
    if (size == 0) break;
    if (size < 0) {
      if (is_transient(errno) && !std::exchange(tried_again, true)) continue;
      // ENOENT: the directory was removed while it was open. It has no entries then, and that is no error.
      if (errno != ENOENT) {
        directory->state = EntryState::incomplete;
        directory->error = errno;
      }
      break;
    }
    spread(directory, fd, DirentBytes(buffer_.get(), static_cast<size_t>(size)), in_first_chunk, tally);
  }
  end_part(directory, tally);
}

// Examines a block of entries here, or pushes it in chunks for whoever has time.
void Worker::spread(const DirectoryRef& directory, int fd, DirentBytes records, size_t& in_first_chunk, Tally& tally) {
  const WalkOptions& options = state_.options;
  if (!stats_ || options.threads == 1) return examine_all(directory, fd, 0, records, tally);
  const size_t chunk_size = directory->remote ? options.stat_chunk_remote : options.stat_chunk_local;
  const uint32_t most_open_parts = std::max(least_open_parts, static_cast<uint32_t>(4 * options.threads));
  while (!records.empty() && !state_.cancelled()) {
    const bool first = in_first_chunk < chunk_size;
    DirentCursor cursor(records);
    Dirent entry;
    size_t count = first ? in_first_chunk : 0;
    while (count < chunk_size && cursor.next(entry)) ++count;
    if (cursor.position() == 0) return;
    const DirentBytes chunk = records.first(cursor.position());
    records = records.subspan(cursor.position());
    if (first) in_first_chunk = count;
    if (first || directory->open_parts.load(std::memory_order_relaxed) > most_open_parts) {
      examine_all(directory, fd, 0, chunk, tally);
      continue;
    }
    auto item = std::make_unique<StatChunk>(directory, std::vector<std::byte>(chunk.begin(), chunk.end()));
    directory->open_parts.fetch_add(1, std::memory_order_relaxed);
    directory->users.fetch_add(1, std::memory_order_relaxed);
    state_.frontier.push(index_, std::move(item));
  }
}

void Worker::examine_all(const DirectoryRef& directory, int fd, int fd_error, DirentBytes records, Tally& tally) {
  const uint64_t rows_before = writer_.total_rows();
  DirentCursor cursor(records);
  Dirent entry;
  while (cursor.next(entry) && !state_.cancelled()) {
    if (entry.is_dot()) continue;
    if (entry.is_malformed()) {
      directory->malformed.store(true, std::memory_order_relaxed);
      continue;
    }
    ++tally.listed;
    ++writer_.accounting().read;
    examine(directory, fd, fd_error, entry, tally);
  }
  tally.accounted += writer_.total_rows() - rows_before;
}

void Worker::examine(const DirectoryRef& directory, int fd, int fd_error, const Dirent& entry, Tally& tally) {
  Accounting& accounting = writer_.accounting();
  Finding finding{.type = type_of_dirent(entry.type)};
  StatRow row;
  if (needs_stat(entry)) {
    const int error = fd_error != 0 ? fd_error : state_.stat(fd, entry.name.data(), directory->remote, row);
    if (is_vanished(error)) {
      ++accounting.vanished;
      ++tally.accounted;
      return;
    }
    if (error != 0) {
      finding.state = state_of(error);
      finding.error = error;
      finding.operation = Operation::stat;
      return writer_.entry(*directory, entry.name, finding);
    }
    tally.bytes = saturating_sum(tally.bytes, row.size);
    if (is_own(row)) {
      ++accounting.excluded;
      ++tally.accounted;
      return;
    }
    finding.type = row.type();
    finding.stat = &row;
  }
  if (finding.type != EntryType::directory) return writer_.entry(*directory, entry.name, finding);
  std::string name(entry.name);
  if (state_.options.skip_names.contains(name)) {
    finding.state = EntryState::skipped_snapshot;
    return writer_.entry(*directory, entry.name, finding);
  }
  DirectoryRef child = Directory::child(directory, std::move(name), finding.stat);
  directory->users.fetch_add(1, std::memory_order_relaxed);
  state_.frontier.push(index_, std::move(child));
  ++tally.accounted;
}

bool Worker::needs_stat(const Dirent& entry) const {
  if (stats_ || type_of_dirent(entry.type) == EntryType::unknown) return true;
  return std::ranges::any_of(state_.options.own_files, [&](const FileIdentity& own) { return own.inode == entry.inode; });
}

bool Worker::is_own(const StatRow& row) const {
  return std::ranges::any_of(state_.options.own_files,
                             [&](const FileIdentity& own) { return own.inode == row.inode && own.dev == row.dev; });
}

void Worker::end_part(const DirectoryRef& directory, const Tally& tally) {
  directory->listed.fetch_add(tally.listed, std::memory_order_relaxed);
  directory->accounted.fetch_add(tally.accounted, std::memory_order_relaxed);
  uint64_t bytes = directory->entry_bytes.load(std::memory_order_relaxed);
  while (!directory->entry_bytes.compare_exchange_weak(bytes, saturating_sum(bytes, tally.bytes), std::memory_order_relaxed)) {
  }
  // Releases this part's sums and acquires those of the parts that ended before.
  if (directory->open_parts.fetch_sub(1, std::memory_order_acq_rel) != 1 || state_.cancelled()) return;
  if (directory->malformed.load(std::memory_order_relaxed) && directory->state == EntryState::ok) {
    directory->state = EntryState::incomplete;
    directory->error = EIO;
  }
  if (directory->listed.load(std::memory_order_relaxed) != directory->accounted.load(std::memory_order_relaxed)) {
    ++writer_.accounting().violations;
  }
  writer_.listed(directory);
}

}  // namespace pwalk
