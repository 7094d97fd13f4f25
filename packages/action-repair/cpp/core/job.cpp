#include "core/job.hpp"

#include <thread>
#include <vector>

#include "core/change.hpp"
#include "core/privileges.hpp"

namespace pwalk::repair {
namespace {

// Neighbours have directories in common: a thread takes some in a row.
constexpr size_t run_length = 16;

}  // namespace

bool run_job(const TreeRoot& root, Task task, std::span<uint8_t> bytes, unsigned threads,
             const std::atomic<bool>& stopped) {
  const std::vector<RecordAt> records = records_in(bytes);
  if (records.empty()) return bytes.empty();
  std::atomic<size_t> next{0};
  const auto work = [&] {
    if (task == Task::change) keep_repair_privileges();
    Descent descent(root);
    for (;;) {
      const size_t first = next.fetch_add(run_length, std::memory_order_relaxed);
      if (first >= records.size()) return;
      for (size_t at = first; at < std::min(first + run_length, records.size()); ++at) {
        if (stopped.load(std::memory_order_relaxed)) return;
        if (task == Task::inspect) inspect(descent, records[at]);
        else change(root, descent, records[at]);
      }
    }
  };
  const size_t runs = (records.size() + run_length - 1) / run_length;
  std::vector<std::jthread> crew;
  for (size_t i = 0; i < std::min<size_t>(std::max(threads, 1U), runs); ++i) crew.emplace_back(work);
  return true;
}

}  // namespace pwalk::repair
