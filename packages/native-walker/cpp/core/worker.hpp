#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/dirents.hpp"
#include "core/operation_clock.hpp"
#include "core/row_writer.hpp"
#include "core/walk_state.hpp"

namespace pwalk {

// One thread of a walk: takes items from the frontier until there are none.
//
// Units: a directory is opened, listed and its entries statted; non-directories become rows at
// once, subdirectories become items. A directory's own row is emitted by whoever ends the last of
// its parts (its listing and its stat chunks), so always after the rows of its entries. A large
// directory's stats are spread: all but its first chunk are pushed as items, a bounded number at a
// time, which other workers steal or this one takes back.
//
// Leaving: a worker whose index is not below WalkState::threads any more leaves between items, and hands
// over what it has. Workers share the frontier's lanes where there are more of them than lanes.
class Worker {
 public:
  Worker(WalkState& state, size_t index);

  // Takes the place of a worker that is held in a call: its batch, its books and the part it was at.
  // What it keeps is what the call may still write to, and its claims on descriptors.
  struct Heir {};
  Worker(Heir, Worker& stuck);

  // Returns when the walk has ended or was cancelled, or the worker is one too many; may be
  // called again then. Throws std::bad_alloc, and Abandoned when
  // another has taken its place.
  void run();

  size_t index() const { return index_; }
  OperationClock& clock() { return clock_; }
  // Of the thread that runs it, 0 until there is one; for others to ask the kernel about.
  pid_t task() const { return task_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t getdents_buffer = 128 << 10;

  // What one part of a directory came to.
  struct Tally {
    uint64_t listed = 0;
    uint64_t accounted = 0;
    uint64_t bytes = 0;
  };

  // How far the part under way has come: what an heir needs to carry on.
  struct Part {
    enum class Step : uint8_t {
      entering,   // the directory is not listed yet
      between,    // `records` are to be examined next
      examining,  // the first of `records`, which is counted already
    };
    const DirectoryRef* directory = nullptr;
    Step step = Step::entering;
    bool is_chunk = false;
    size_t in_first_chunk = 0;
    uint64_t rows_before = 0;  // of those examined together
    Tally tally{};
    DirentBytes records{};  // examined together
    DirentBytes later{};    // of the same block, after them
  };
  // Part of a worker that was given up, with memory of its own.
  struct Legacy {
    DirectoryRef directory;
    Part part;
    Operation operation;  // that did not answer
    std::vector<std::byte> records;
    std::vector<std::byte> later;
  };

  void carry_on(const Legacy& legacy);
  // Makes a call that may never return.
  template <class Make>
  auto timed(const OperationClock::Call& call, Make make) {
    clock_.begin(call);
    const auto result = make();
    clock_.end();
    return result;
  }
  void visit(const DirectoryRef& directory);
  void visit(const StatChunk& chunk);
  int find_current_mount(Directory& directory);
  MountTable::Probe current_mount(const Directory& directory, int fd);
  Scope::Verdict verdict_on(const Directory& directory, int parent_fd, const StatRow& row);
  bool is_first_visit(Directory& directory);
  bool look_at_root(const DirectoryRef& root);
  bool find_mount(const DirectoryRef& directory);
  bool may_enter(const DirectoryRef& directory, Scope::Verdict verdict);
  bool look_again(const DirectoryRef& directory);
  void not_entered(const DirectoryRef& directory, int error, Operation operation);
  void degrade(const Directory& directory, int error);
  bool list(const DirectoryRef& directory, int fd);
  bool list_rest(const DirectoryRef& directory, int fd, bool listed);
  void examine_rest(const DirectoryRef& directory);
  ssize_t read(const Directory& directory, int fd);
  void spread(const DirectoryRef& directory, int fd, DirentBytes records, size_t& in_first_chunk, Tally& tally);
  void examine_all(const DirectoryRef& directory, int fd, int fd_error, DirentBytes records, Tally& tally);
  void examine(const DirectoryRef& directory, int fd, int fd_error, const Dirent& entry, Tally& tally);
  bool look(const DirectoryRef& directory, int fd, int fd_error, const Dirent& entry, StatRow& row, Finding& finding);
  bool leads_to_directory(const DirectoryRef& directory, int fd, const Dirent& entry, StatRow& row, Finding& finding);
  void examine_directory(const DirectoryRef& directory, int fd, const Dirent& entry, Finding finding, bool follow, Tally& tally);
  bool needs_stat(const Dirent& entry) const;
  bool is_own(const StatRow& row) const;
  void end_part(const DirectoryRef& directory, const Tally& tally);

  WalkState& state_;
  const size_t index_;
  const size_t lane_;  // of the frontier
  std::atomic<pid_t> task_{0};
  const bool stats_;  // some column needs every entry statted
  std::unique_ptr<std::byte[]> buffer_;
  std::unique_ptr<const Legacy> legacy_;
  Excluder excluder_;
  OperationClock clock_;
  Part part_;
  RowWriter writer_;  // last: an heir takes it over when nothing can fail any more
};

}  // namespace pwalk
