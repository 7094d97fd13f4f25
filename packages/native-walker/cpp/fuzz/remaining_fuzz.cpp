#include <deque>
#include <stdexcept>
#include <vector>

#include "core/remaining_work.hpp"
#include "pwalk/fuzz.hpp"

using namespace pwalk;

namespace {

DirectoryRef directory_of(const WorkItem& item) {
  const auto* root = std::get_if<DirectoryRef>(&item);
  return root != nullptr ? *root : std::get<PendingDirectory>(item).directory();
}

}  // namespace

// What may be in a frontier log: what is read of it is a frontier, and is written again as one.
PWALK_FUZZ("remaining") {
  std::deque<Mount> mounts;
  std::vector<WorkItem> pending;
  RemainingWork work;
  try {
    work = read_remaining(input.rest(), mounts, nullptr, [&](WorkItem item) { pending.push_back(std::move(item)); });
  } catch (const std::invalid_argument&) {
    return;
  }
  FUZZ_CHECK(!pending.empty() && work.pending == pending.size() && !work.roots.empty());
  RemainingWriter writer;
  for (const WorkItem& item : pending) writer.add(item);
  size_t count = 0;
  read_remaining(std::move(writer).finish(), mounts, nullptr, [&](const WorkItem& item) {
    FUZZ_CHECK(count < pending.size());
    const DirectoryRef before = directory_of(pending[count++]);
    const DirectoryRef again = directory_of(item);
    FUZZ_CHECK(path_of(*again) == path_of(*before));
    FUZZ_CHECK(again->identity() == before->identity());
  });
  FUZZ_CHECK(count == pending.size());
}
