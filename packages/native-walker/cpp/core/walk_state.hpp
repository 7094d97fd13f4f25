#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "core/account_names.hpp"
#include "core/accounting.hpp"
#include "core/batch_queue.hpp"
#include "core/descriptor_pool.hpp"
#include "core/directory_spill.hpp"
#include "core/frontier.hpp"
#include "core/memory_meter.hpp"
#include "core/scope.hpp"
#include "core/visited_directories.hpp"
#include "core/walk_options.hpp"
#include "core/work_item.hpp"

namespace pwalk {

// What the workers of one walk share. Owned by the Walk; every worker thread holds the Walk, so
// this outlives them all, also a thread that hangs in the kernel and was given up.
struct WalkState {
  WalkState(WalkOptions given, std::function<void()> wake)
      : options(std::move(given)),
        stat(options.columns, options.stat_mode),
        scope(options, notes),
        exclude(options.exclude, options.exclude_paths),
        descriptors(DescriptorPool::capacity_for(options.largest_crew())),
        spill(options.directory_bytes, directories, options.spill),
        frontier(options.threads, [](const WorkItem& item) { return !std::holds_alternative<std::unique_ptr<StatChunk>>(item); },
                 &spill),
        queue(options.queue_batches, std::move(wake)),
        batches(options.columns, options.batch),
        threads(options.threads) {}

  bool cancelled() const { return cancel_flag.load(std::memory_order_relaxed); }

  MemoryMeter directories;  // what those take that were entered
  const WalkOptions options;
  const StatCall stat;
  WalkNotes notes;
  Scope scope;
  const ExcludeRules exclude;
  VisitedDirectories visited;  // filled when symbolic links are followed
  DescriptorPool descriptors;
  std::deque<Mount> stand_ins;  // for the mounts of directories that another walk knew
  DirectorySpill spill;
  Frontier<WorkItem> frontier;
  BatchQueue queue;
  BatchPool batches;
  AccountNames users{AccountNames::Kind::user};
  AccountNames groups{AccountNames::Kind::group};
  std::atomic<bool> cancel_flag{false};
  std::atomic<size_t> threads;        // workers there are to be: those of a higher index leave
  std::atomic<size_t> stat_chunk{0};  // entries; 0: not measured, as the kind of the mount suggests
  std::atomic<uint64_t> rows{0};  // for progress; raised once per directory

  std::mutex accounting_mutex;
  Accounting accounting;
};

}  // namespace pwalk
