// What a worker does with an open directory: lists it, and turns its entries into rows, units of
// their own, and chunks for others.
#include "core/worker.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <dirent.h>

#include "core/listing_loop.hpp"
#include "core/retries.hpp"

namespace pwalk {
namespace {

// Chunks of one directory that may be queued at a time: enough for every worker, and bounded memory.
constexpr uint32_t least_open_parts = 32;

constexpr uint64_t saturating_sum(uint64_t a, uint64_t b) {
  return a + b < a ? std::numeric_limits<uint64_t>::max() : a + b;
}

}  // namespace

// False when the descriptor went bad before anything was listed through it: open the directory anew.
bool Worker::list(const DirectoryRef& directory, int fd) {
  directory->open_parts.store(1, std::memory_order_relaxed);
  writer_.enter(directory);
  part_ = {.directory = &directory, .step = Part::Step::between};
  return list_rest(directory, fd, false);
}

bool Worker::list_rest(const DirectoryRef& directory, int fd, bool listed) {
  ListingLoop loop;
  while (!state_.cancelled()) {
    part_.records = {};
    part_.later = {};
    if (directory->mount->degraded.load(std::memory_order_relaxed)) {
      if (directory->state == EntryState::ok) directory->state = EntryState::degraded;
      break;
    }
    const ssize_t size = read(*directory, fd);
    if (size == 0) break;
    if (size < 0) {
      const int error = errno;
      const Action action = action_of(error, Operation::read);
      // The directory was removed while it was open. It has no entries then, and that is no error.
      if (action == Action::vanished) break;
      if (action == Action::reopen && !listed) return false;
      if (action == Action::degrade) degrade(*directory, error);
      directory->state = EntryState::incomplete;
      directory->error = error;
      break;
    }
    listed = true;
    const DirentBytes block(buffer_.get(), static_cast<size_t>(size));
    if (loop.closes_with(block)) {
      directory->state = EntryState::incomplete;
      directory->error = ELOOP;
      break;
    }
    spread(directory, fd, block, part_.in_first_chunk, part_.tally);
  }
  end_part(directory, part_.tally);
  return true;
}

// The next block of entries: its bytes, 0 at the end, or -1 with errno.
ssize_t Worker::read(const Directory& directory, int fd) {
  for (Retries retries;;) {
    int error = 0;
    const ssize_t size = timed({.operation = Operation::read, .directory = &directory, .fd = fd}, [&] {
      const ssize_t got = ::getdents64(fd, buffer_.get(), getdents_buffer);
      if (got < 0) error = errno;
      return got;
    });
    if (size >= 0) return size;
    if (retries.again(action_of(error, Operation::read))) continue;
    errno = error;
    return -1;
  }
}

// Examines a block of entries here, or pushes it in chunks for whoever has time.
void Worker::spread(const DirectoryRef& directory, int fd, DirentBytes records, size_t& in_first_chunk, Tally& tally) {
  const WalkOptions& options = state_.options;
  if (!stats_ || options.largest_crew() == 1) return examine_all(directory, fd, 0, records, tally);
  const size_t measured = state_.stat_chunk.load(std::memory_order_relaxed);
  const size_t suggested = directory->mount->remote ? options.stat_chunk_remote : options.stat_chunk_local;
  const size_t chunk_size = measured == 0 ? suggested : measured;
  const uint32_t most_open_parts =
      std::max(least_open_parts, static_cast<uint32_t>(4 * state_.threads.load(std::memory_order_relaxed)));
  while (!records.empty() && !state_.cancelled()) {
    const bool first = in_first_chunk < chunk_size;
    DirentCursor cursor(records);
    Dirent entry;
    size_t count = first ? in_first_chunk : 0;
    while (count < chunk_size && cursor.next(entry)) ++count;
    if (cursor.position() == 0) {
      directory->malformed.store(true, std::memory_order_relaxed);
      return;
    }
    const DirentBytes chunk = records.first(cursor.position());
    records = records.subspan(cursor.position());
    part_.later = records;
    if (first) in_first_chunk = count;
    if (first || directory->open_parts.load(std::memory_order_relaxed) > most_open_parts || !state_.frontier.has_room()) {
      examine_all(directory, fd, 0, chunk, tally);
      continue;
    }
    auto item = std::make_unique<StatChunk>(StatChunk{directory, {chunk.begin(), chunk.end()}});
    directory->open_parts.fetch_add(1, std::memory_order_relaxed);
    directory->users.fetch_add(1, std::memory_order_relaxed);
    state_.frontier.push(lane_, std::move(item));
  }
}

void Worker::examine_all(const DirectoryRef& directory, int fd, int fd_error, DirentBytes records, Tally& tally) {
  part_.rows_before = writer_.total_rows();
  DirentCursor cursor(records);
  Dirent entry;
  for (size_t at = 0; cursor.next(entry) && !state_.cancelled(); at = cursor.position()) {
    if (entry.is_dot()) continue;
    if (entry.is_malformed()) {
      directory->malformed.store(true, std::memory_order_relaxed);
      continue;
    }
    ++tally.listed;
    ++writer_.accounting().read;
    part_.records = records.subspan(at);
    part_.step = Part::Step::examining;
    examine(directory, fd, fd_error, entry, tally);
  }
  // A record that does not hold together hides those behind it.
  if (cursor.position() != records.size() && !state_.cancelled()) directory->malformed.store(true, std::memory_order_relaxed);
  part_.step = Part::Step::between;
  tally.accounted += writer_.total_rows() - part_.rows_before;
}

void Worker::examine(const DirectoryRef& directory, int fd, int fd_error, const Dirent& entry, Tally& tally) {
  Accounting& accounting = writer_.accounting();
  Finding finding{.type = type_of_dirent(entry.type)};
  StatRow row;
  if (needs_stat(entry) && !look(directory, fd, fd_error, entry, row, finding)) {
    ++accounting.vanished;
    ++tally.accounted;
    return;
  }
  const bool follow = state_.options.follow_symlinks && finding.type == EntryType::symlink &&
                      leads_to_directory(directory, fd, entry, row, finding);
  const bool own = finding.stat != nullptr && is_own(row);
  if (finding.type == EntryType::directory && !own) {
    return examine_directory(directory, fd, entry, finding, follow, tally);
  }
  if (finding.stat != nullptr) tally.bytes = saturating_sum(tally.bytes, row.size);
  if (own || excluder_.excludes(directory, entry.name, false)) {
    ++accounting.excluded;
    ++tally.accounted;
    return;
  }
  writer_.entry(*directory, entry.name, finding);
}

// Stats an entry. False when it is not there any more.
bool Worker::look(const DirectoryRef& directory, int fd, int fd_error, const Dirent& entry, StatRow& row, Finding& finding) {
  if (directory->mount->degraded.load(std::memory_order_relaxed)) {
    finding.state = EntryState::degraded;
    return true;
  }
  const OperationClock::Call call{Operation::stat, directory.get(), fd, entry.name.data()};
  const int error = fd_error != 0 ? fd_error : timed(call, [&] {
    return state_.stat(fd, entry.name.data(), directory->mount->remote, row);
  });
  if (error == 0) {
    finding.type = row.type();
    finding.stat = &row;
    return true;
  }
  const Action action = action_of(error, Operation::stat);
  if (action == Action::vanished) return false;
  if (action == Action::degrade) degrade(*directory, error);
  finding.state = state_of(error);
  finding.error = error;
  finding.operation = Operation::stat;
  return true;
}

// Whether a symbolic link is one to a directory, whose row it gets then.
bool Worker::leads_to_directory(const DirectoryRef& directory, int fd, const Dirent& entry, StatRow& row, Finding& finding) {
  if (finding.state != EntryState::ok) return false;
  StatRow target;
  const OperationClock::Call call{Operation::stat, directory.get(), fd, entry.name.data(), true};
  const int error = timed(call, [&] { return state_.stat(fd, entry.name.data(), directory->mount->remote, target, true); });
  if (error == 0 && target.is_directory()) {
    row = target;
    finding.type = EntryType::directory;
    finding.stat = &row;
    return true;
  }
  if (error != 0 && !is_broken_link(error)) {
    finding.state = state_of(error);
    finding.error = error;
    finding.operation = Operation::stat;
  }
  return false;
}

// A row now, or a unit of its own. Excluded before all else: what is to be left out need not be readable.
void Worker::examine_directory(const DirectoryRef& directory, int fd, const Dirent& entry, Finding finding, bool follow,
                               Tally& tally) {
  std::string name(entry.name);
  Scope::Verdict verdict{finding.state};
  // A link is no directory to a pattern that ends in a slash.
  if (excluder_.excludes(directory, entry.name, !follow)) {
    finding = {.type = EntryType::directory, .stat = finding.stat};
    verdict.state = EntryState::excluded;
  } else if (finding.stat != nullptr) {
    verdict = timed({Operation::stat, directory.get(), fd, entry.name.data()},
                    [&] { return state_.scope.of(*directory, directory->mount, fd, name, *finding.stat, follow); });
  }
  if (finding.stat != nullptr && verdict.state != EntryState::other_fs) {
    tally.bytes = saturating_sum(tally.bytes, finding.stat->size);
  }
  const bool mount_known = verdict.error == 0 || action_of(verdict.error, Operation::open) != Action::give_back;
  if (verdict.state != EntryState::ok && mount_known) {
    finding.state = verdict.state;
    if (verdict.error != 0) {
      finding.error = verdict.error;
      finding.operation = verdict.operation;
    }
    return writer_.entry(*directory, entry.name, finding);
  }
  PendingDirectory child(directory, name, *finding.stat,
                         {.mount = mount_known ? verdict.mount : directory->mount, .mount_known = mount_known, .follow = follow});
  directory->users.fetch_add(1, std::memory_order_relaxed);
  if (follow) {
    // When all else is done: a directory that is in the walked trees themselves is reported there.
    state_.frontier.push_later(std::move(child));
  } else {
    state_.frontier.push(lane_, std::move(child));
  }
  ++tally.accounted;
}

// Directories always: whether they are on their parent's mount has to be known before they are opened.
bool Worker::needs_stat(const Dirent& entry) const {
  const EntryType type = type_of_dirent(entry.type);
  if (stats_ || type == EntryType::unknown || type == EntryType::directory) return true;
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
