// What a worker does with its items: takes them, enters directories, stands in for another worker.
#include "core/worker.hpp"

#include <cerrno>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/retries.hpp"

namespace pwalk {
namespace {

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

}  // namespace

Worker::Worker(WalkState& state, size_t index)
    : state_(state),
      index_(index),
      lane_(index % state.options.threads),
      stats_(state.options.columns.intersects(stat_columns)),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(getdents_buffer)),
      excluder_(state.exclude),
      writer_(state) {}

Worker::Worker(Heir, Worker& stuck)
    : state_(stuck.state_),
      index_(stuck.index_),
      lane_(stuck.lane_),
      stats_(stuck.stats_),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(getdents_buffer)),
      legacy_(new Legacy{*stuck.part_.directory,
                         stuck.part_,
                         stuck.clock_.call().operation,
                         {stuck.part_.records.begin(), stuck.part_.records.end()},
                         {stuck.part_.later.begin(), stuck.part_.later.end()}}),
      excluder_(state_.exclude),
      writer_(std::move(stuck.writer_)) {}

void Worker::run() {
  task_.store(::gettid(), std::memory_order_relaxed);
  if (legacy_) carry_on(*legacy_);
  legacy_.reset();
  while (index_ < state_.threads.load(std::memory_order_relaxed)) {
    auto item = state_.frontier.next(lane_);
    if (!item) break;
    if (const auto* pending = std::get_if<PendingDirectory>(&*item)) item = pending->directory();
    if (const auto* directory = std::get_if<DirectoryRef>(&*item)) {
      visit(*directory);
    } else {
      visit(*std::get<std::unique_ptr<StatChunk>>(*item));
    }
    item.reset();
    writer_.publish();
    state_.frontier.done();
  }
  if (!state_.cancelled()) writer_.flush();
  writer_.publish_accounting();
}

// What another worker was at: a row for what did not answer, then the rest.
void Worker::carry_on(const Legacy& legacy) {
  const DirectoryRef& directory = legacy.directory;
  Finding given_up{.state = EntryState::degraded, .error = ETIMEDOUT, .operation = legacy.operation};
  part_ = legacy.part;
  part_.directory = &directory;
  if (part_.step == Part::Step::entering) {
    if (!directory->is_root() || directory->has_stat) given_up.type = EntryType::directory;
    if (directory->has_stat) given_up.stat = &directory->stat;
    writer_.unlisted(directory, given_up);
  } else {
    writer_.enter(directory);
    part_.records = legacy.records;
    part_.later = legacy.later;
    if (part_.step == Part::Step::examining) {
      DirentCursor cursor(part_.records);
      Dirent entry{};
      cursor.next(entry);
      given_up.type = type_of_dirent(entry.type);
      writer_.entry(*directory, entry.name, given_up);
      part_.tally.accounted += writer_.total_rows() - part_.rows_before;
      part_.records = part_.records.subspan(cursor.position());
      part_.step = Part::Step::between;
    } else if (legacy.operation == Operation::read) {
      directory->state = EntryState::degraded;
      directory->error = ETIMEDOUT;
    }
    examine_rest(directory);
  }
  writer_.publish();
  state_.frontier.done();
}

void Worker::visit(const DirectoryRef& directory) {
  DescriptorUse parent(state_.descriptors, directory->parent.get());
  if (directory->is_root()) {
    ++writer_.accounting().read;
    if (!look_at_root(directory)) return;
  }
  if (!directory->mount_known && !find_mount(directory)) return;
  for (size_t races = 0;; ++races) {
    part_ = {.directory = &directory};
    if (directory->mount->degraded.load(std::memory_order_relaxed)) {
      return writer_.unlisted(directory, {.type = EntryType::directory, .stat = &directory->stat, .state = EntryState::degraded});
    }
    int error = 0;
    std::optional<DescriptorUse> kept_open;
    if (directory->mount->is_stand_in()) {
      directory->users.fetch_add(1, std::memory_order_relaxed);
      kept_open.emplace(state_.descriptors, directory.get());
      error = find_current_mount(*directory);
    }
    if (error == 0) {
      clock_.begin({.operation = Operation::open, .directory = directory.get()});
      const PinnedDirectory pinned(state_.descriptors, *directory);
      clock_.end();
      error = pinned.error();
      if (error == 0) {
        parent.end();
        if (!is_first_visit(*directory)) {
          return writer_.unlisted(directory, {.type = EntryType::directory, .stat = &directory->stat, .state = EntryState::loop});
        }
        if (list(directory, pinned.fd())) return;
        error = ESTALE;
      }
    }
    if (state_.cancelled()) return;
    if (action_of(error, Operation::open) != Action::look_again || races == Retries::pauses.size()) {
      return not_entered(directory, error, Operation::open);
    }
    // A server that forgot a handle needs a moment; what somebody swapped here does not.
    if (error == ESTALE && directory->mount->remote) std::this_thread::sleep_for(Retries::pauses[races]);
    if (!look_again(directory)) return;
  }
}

// Of a directory that another walk knew: what it is on now, in place of the stand-in.
int Worker::find_current_mount(Directory& directory) {
  MountTable::Probe probe{nullptr};
  const int error = timed({.operation = Operation::open, .directory = &directory}, [&] {
    return state_.descriptors.call_with(directory, [&](int fd) {
      probe = current_mount(directory, fd);
      return probe.error;
    });
  });
  if (error == 0) directory.mount = probe.mount;
  return error;
}

// The mount of an open directory, which may be known by a stand-in only.
MountTable::Probe Worker::current_mount(const Directory& directory, int fd) {
  if (!directory.mount->is_stand_in()) return {directory.mount};
  StatRow row;
  if (const int error = state_.stat(fd, ".", directory.mount->remote, row); error != 0) return {nullptr, error, Operation::stat};
  return state_.scope.mount_of(fd, row);
}

// Where symbolic links are followed: nobody has entered the directory yet. It is what it was opened as.
bool Worker::is_first_visit(Directory& directory) {
  if (!state_.options.follow_symlinks || directory.entered) return true;
  return directory.entered = state_.visited.add(directory.identity());
}

void Worker::visit(const StatChunk& chunk) {
  const DescriptorUse use(state_.descriptors, chunk.directory.get());
  part_ = {.directory = &chunk.directory, .step = Part::Step::between, .is_chunk = true, .records = chunk.records};
  writer_.enter(chunk.directory);
  examine_rest(chunk.directory);
}

// What is listed and not examined yet of the part under way, then what is not listed yet. Nothing is
// asked of a mount that was given up.
void Worker::examine_rest(const DirectoryRef& directory) {
  std::optional<PinnedDirectory> pinned;
  if (!directory->mount->degraded.load(std::memory_order_relaxed)) {
    clock_.begin({.operation = Operation::open, .directory = directory.get()});
    pinned.emplace(state_.descriptors, *directory);
    clock_.end();
  }
  if (state_.cancelled()) return;
  const int error = pinned ? pinned->error() : 0;
  const int fd = pinned && error == 0 ? pinned->fd() : -1;
  const DirentBytes later = part_.later;
  examine_all(directory, fd, error, part_.records, part_.tally);
  if (part_.is_chunk) return end_part(directory, part_.tally);
  if (error == 0) {
    spread(directory, fd, later, part_.in_first_chunk, part_.tally);
    list_rest(directory, fd, true);
    return;
  }
  examine_all(directory, fd, error, later, part_.tally);
  directory->state = EntryState::incomplete;
  directory->error = error;
  end_part(directory, part_.tally);
}

// Stats a root. False when it is not to be entered, or not there any more: it has its row then.
bool Worker::look_at_root(const DirectoryRef& root) {
  StatRow row;
  part_ = {.directory = &root};
  const int error = timed({.operation = Operation::stat, .directory = root.get()},
                          [&] { return state_.stat(AT_FDCWD, root->name.c_str(), false, row); });
  if (error != 0) {
    writer_.unlisted(root, {.state = state_of(error), .error = error, .operation = Operation::stat});
    return false;
  }
  root->set_stat(row);
  if (row.is_directory()) {
    return may_enter(root, timed({.operation = Operation::stat, .directory = root.get()},
                                 [&] { return state_.scope.of_root(*root, row); }));
  }
  writer_.unlisted(root, {.type = row.type(), .stat = &row});
  return false;
}

// Opening met something else than what was listed. True when it is a directory (again), to be
// opened as that; otherwise what it is now has been accounted for.
bool Worker::look_again(const DirectoryRef& directory) {
  if (directory->is_root()) return look_at_root(directory);
  StatRow row;
  const Directory& parent = *directory->parent;
  clock_.begin({.operation = Operation::stat, .directory = directory.get()});
  const PinnedDirectory pinned(state_.descriptors, *directory->parent);
  int error = pinned.error();
  const char* name = directory->name.c_str();
  if (error == 0) error = state_.stat(pinned.fd(), name, parent.mount->remote, row, directory->follow);
  if (directory->follow && (error != 0 ? is_broken_link(error) : !row.is_directory())) {
    error = state_.stat(pinned.fd(), name, parent.mount->remote, row);
  }
  clock_.end();
  if (state_.cancelled()) return false;
  if (error != 0) {
    not_entered(directory, error, Operation::stat);
    return false;
  }
  directory->set_stat(row);
  if (row.is_directory()) {
    return may_enter(directory, timed({.operation = Operation::stat, .directory = directory.get()},
                                      [&] { return verdict_on(*directory, pinned.fd(), row); }));
  }
  writer_.unlisted(directory, {.type = row.type(), .stat = &row});
  return false;
}

// Whether a directory may be entered whose stat is `row`, and whose parent is open.
Scope::Verdict Worker::verdict_on(const Directory& directory, int parent_fd, const StatRow& row) {
  const Directory& parent = *directory.parent;
  const auto [mount, error, operation] = current_mount(parent, parent_fd);
  if (mount == nullptr) return {state_of(error), nullptr, error, operation};
  return state_.scope.of(parent, mount, parent_fd, directory.name, row, directory.follow);
}

// There was no descriptor left to find out what the directory is on. True when it may be entered.
bool Worker::find_mount(const DirectoryRef& directory) {
  part_ = {.directory = &directory};
  Scope::Verdict verdict{EntryState::ok};
  clock_.begin({.operation = Operation::open, .directory = directory.get()});
  const int error = state_.descriptors.call_with(*directory->parent, [&](int fd) {
    verdict = verdict_on(*directory, fd, directory->stat);
    return verdict.error;
  });
  clock_.end();
  if (state_.cancelled()) return false;
  directory->mount_known = true;
  if (error == 0 || verdict.error != 0) return may_enter(directory, verdict);
  not_entered(directory, error, Operation::open);
  return false;
}

// Notes the mount of a directory that may be entered; the row of one that may not says why.
bool Worker::may_enter(const DirectoryRef& directory, Scope::Verdict verdict) {
  directory->mount = verdict.mount;
  if (verdict.state == EntryState::ok) return true;
  writer_.unlisted(directory, {.type = EntryType::directory,
                               .stat = &directory->stat,
                               .state = verdict.state,
                               .error = verdict.error,
                               .operation = verdict.operation});
  return false;
}

void Worker::not_entered(const DirectoryRef& directory, int error, Operation operation) {
  const Action action = action_of(error, operation);
  if (action == Action::vanished && !directory->is_root()) {
    ++writer_.accounting().vanished;
    return;
  }
  if (action == Action::degrade) degrade(*directory, error);
  writer_.unlisted(directory, {.type = EntryType::directory,
                               .stat = directory->has_stat ? &directory->stat : nullptr,
                               .state = state_of(error),
                               .error = error,
                               .operation = operation});
}

// The mount the directory is on does not answer: what is still to be read of it gets rows that say so.
void Worker::degrade(const Directory& directory, int error) {
  if (!directory.mount->degraded.exchange(true)) state_.notes.degraded(path_of(directory), error);
}

}  // namespace pwalk
