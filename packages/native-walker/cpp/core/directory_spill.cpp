#include "core/directory_spill.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace pwalk {
namespace {

// Before each record: its parent and its mount, by their numbers in the segment.
struct Links {
  uint32_t parent;
  uint32_t mount;
};

}  // namespace

size_t DirectorySpill::bytes_of(const WorkItem& item) const {
  if (const auto* pending = std::get_if<PendingDirectory>(&item)) return sizeof(WorkItem) + pending->footprint();
  if (const auto* chunk = std::get_if<std::unique_ptr<StatChunk>>(&item)) {
    return sizeof(WorkItem) + heap_bytes(sizeof(StatChunk)) + heap_bytes((*chunk)->records.capacity());
  }
  return sizeof(WorkItem);  // a root, which the meter of directories has
}

size_t DirectorySpill::room() const {
  const size_t entered = entered_.total();
  return std::max(share_ / 4, share_ - std::min(share_, entered));
}

bool DirectorySpill::add(const WorkItem& item) {
  const PendingDirectory& pending = std::get<PendingDirectory>(item);
  const std::string_view record = pending.record();
  if (buffer_.size() + sizeof(Links) + record.size() > file_.slot_bytes()) {
    if (next_count_ != 0) return false;
    throw SpillError(ENAMETOOLONG);
  }
  if (next_count_ == 0) buffer_.reserve(file_.slot_bytes());
  const bool same_parent = !next_.parents.empty() && next_.parents.back().get() == pending.parent().get();
  if (!same_parent) next_.parents.push_back(pending.parent());
  const bool same_mount = !next_.mounts.empty() && next_.mounts.back() == pending.mount();
  if (!same_mount) next_.mounts.push_back(pending.mount());
  const Links links{static_cast<uint32_t>(next_.parents.size() - 1), static_cast<uint32_t>(next_.mounts.size() - 1)};
  buffer_.append(reinterpret_cast<const char*>(&links), sizeof links).append(record);
  ++next_count_;
  return true;
}

ItemStore<WorkItem>::Segment DirectorySpill::write() {
  next_.bytes = buffer_.size();
  const uint32_t slot = file_.write(buffer_);
  written_.fetch_add(buffer_.size(), std::memory_order_relaxed);
  buffer_.clear();
  if (slot >= slots_.size()) slots_.resize(slot + 1);
  slots_[slot] = std::exchange(next_, {});
  return {slot, std::exchange(next_count_, 0)};
}

void DirectorySpill::read(const Segment& segment, const std::function<void(WorkItem)>& each) {
  const Slot& slot = slots_.at(segment.slot);
  std::string bytes(slot.bytes, '\0');
  file_.read(segment.slot, bytes);
  std::string_view rest = bytes;
  size_t count = 0;
  for (; rest.size() > sizeof(Links); ++count) {
    Links links;
    std::memcpy(&links, rest.data(), sizeof links);
    rest.remove_prefix(sizeof links);
    const size_t size = PendingDirectory::record_size(rest);
    if (size == 0 || links.parent >= slot.parents.size() || links.mount >= slot.mounts.size()) break;
    each(PendingDirectory(slot.parents[links.parent], slot.mounts[links.mount], rest.substr(0, size)));
    rest.remove_prefix(size);
  }
  if (!rest.empty() || count != segment.count) throw SpillError(EIO);
}

void DirectorySpill::free(const Segment& segment) {
  slots_.at(segment.slot) = {};
  file_.free(segment.slot);
}

}  // namespace pwalk
