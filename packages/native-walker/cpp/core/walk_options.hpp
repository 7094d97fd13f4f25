#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/batch_builder.hpp"
#include "core/columns.hpp"
#include "core/exclude_rules.hpp"
#include "core/file_identity.hpp"
#include "core/spill_file.hpp"
#include "core/stat_call.hpp"

namespace pwalk {

struct WalkOptions {
  std::vector<std::string> roots;  // as typed
  // What an earlier walk with the same options left (Walk::remaining()): walked in place of the roots.
  std::optional<std::string> remaining;
  bool retry_degraded = false;  // of it, mounts that were given up are asked again
  size_t threads = 1;
  // Where calls turn out to be slow, up to so many (ConcurrencyRule); no more than `threads`: always `threads`.
  size_t most_threads = 0;
  ColumnSet columns = default_columns;
  BatchLimits batch;
  size_t queue_batches = 4;
  // Memory for directories: those that wait beyond that are written to a file.
  size_t directory_bytes = 32 << 20;
  SpillFile::Options spill;
  std::unordered_set<std::string> skip_names;  // directories of these names get a row and are not entered
  std::vector<ExcludePattern> exclude;
  std::vector<std::string> exclude_paths;
  bool one_file_system = false;      // mounts below a root get a row and are not entered
  bool follow_symlinks = false;      // directories that links lead to are entered, each once
  bool include_pseudo = false;       // proc, sysfs and their like are entered
  std::optional<int32_t> max_depth;  // entries have depths below it; 0: the roots alone
  StatMode stat_mode = StatMode::automatic;
  std::vector<FileIdentity> own_files;         // the scan's own output: counted, no row
  // Entries of one directory that are statted in one go; the rest of a larger one is spread over the workers.
  // Where the number of threads is not fixed, this is measured too.
  size_t stat_chunk_local = 1024;
  size_t stat_chunk_remote = 16;
  // A call into the kernel that takes longer is told of, and past the second its mount is given up; 0: never.
  std::chrono::milliseconds warn_after{30'000};
  std::chrono::milliseconds op_timeout{0};

  bool adapts() const { return most_threads > threads; }
  size_t largest_crew() const { return std::max(threads, most_threads); }
};

struct RootProbe {
  int error;  // of looking at it; 0 when it is there
  FileIdentity identity;
  std::optional<int64_t> btime;  // microseconds
};

// Before a walk, so that a root that is not there is an error before any output exists.
std::vector<RootProbe> probe_roots(const std::vector<std::string>& roots);

}  // namespace pwalk
