#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/item_store.hpp"
#include "core/memory_meter.hpp"
#include "core/spill_file.hpp"
#include "core/work_item.hpp"

namespace pwalk {

// Pending directories on disk, for a frontier that has found more than fit into memory.
//
// Of each its record goes to the file. The parent stays in memory, referred to by the segment: a
// directory that was entered, and with it the way back to the root. Those are few where many directories
// wait: siblings wait together.
class DirectorySpill final : public ItemStore<WorkItem> {
 public:
  // `share`: bytes that may wait in memory, less what `entered` directories take; a quarter of it always.
  DirectorySpill(size_t share, const MemoryMeter& entered, SpillFile::Options file)
      : share_(share), entered_(entered), file_(std::move(file)) {}

  size_t bytes_of(const WorkItem& item) const override;
  bool is_storable(const WorkItem& item) const override { return std::holds_alternative<PendingDirectory>(item); }
  size_t room() const override;

  bool add(const WorkItem& item) override;
  Segment write() override;
  void read(const Segment& segment, const std::function<void(WorkItem)>& each) override;
  void free(const Segment& segment) override;

  // Gives the disk space back: nothing will be read any more.
  void close() { file_.close(); }
  // Bytes written in all. Any thread.
  uint64_t written() const { return written_.load(std::memory_order_relaxed); }

 private:
  // What the records in a slot refer to, by number.
  struct Slot {
    size_t bytes = 0;
    std::vector<DirectoryRef> parents;
    std::vector<Mount*> mounts;
  };

  const size_t share_;
  const MemoryMeter& entered_;
  SpillFile file_;
  std::vector<Slot> slots_;
  std::string buffer_;  // of the segment that is written or read
  Slot next_;           // the segment that is written
  size_t next_count_ = 0;
  std::atomic<uint64_t> written_{0};
};

}  // namespace pwalk
