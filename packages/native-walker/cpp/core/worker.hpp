#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/dirents.hpp"
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
class Worker {
 public:
  Worker(WalkState& state, size_t index);

  // Returns when the walk has ended or was cancelled. Throws std::bad_alloc.
  void run();

 private:
  // What one part of a directory came to.
  struct Tally {
    uint64_t listed = 0;
    uint64_t accounted = 0;
    uint64_t bytes = 0;
  };

  void visit(const DirectoryRef& directory);
  void visit(const StatChunk& chunk);
  bool is_first_visit(Directory& directory);
  bool look_at_root(const DirectoryRef& root);
  bool may_enter(const DirectoryRef& directory, Scope::Verdict verdict);
  bool look_again(const DirectoryRef& directory);
  void not_entered(const DirectoryRef& directory, int error, Operation operation);
  void degrade(const Directory& directory, int error);
  bool list(const DirectoryRef& directory, int fd);
  ssize_t read(int fd);
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
  const bool stats_;  // some column needs every entry statted
  std::unique_ptr<std::byte[]> buffer_;
  RowWriter writer_;
  Excluder excluder_;
};

}  // namespace pwalk
