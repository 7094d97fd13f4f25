#include "core/job.hpp"

#include <thread>
#include <vector>

#include "core/change.hpp"
#include "core/inspection.hpp"
#include "core/privileges.hpp"

namespace pwalk::repair {
namespace {

// `prepare()` is called once in each thread, `work(descent, record)` for each record.
template <class Prepare, class Work>
bool run(const Job& job, Prepare&& prepare, Work&& work) {
  const std::vector<RecordAt> records = records_in(job.bytes);
  if (records.empty()) return job.bytes.empty();
  // Neighbours have directories in common: a thread takes some in a row.
  constexpr size_t run_length = 16;
  std::atomic<size_t> next{0};
  const auto take_runs = [&] {
    prepare();
    Descent descent(job.root);
    for (;;) {
      const size_t first = next.fetch_add(run_length, std::memory_order_relaxed);
      if (first >= records.size()) return;
      for (size_t at = first; at < std::min(first + run_length, records.size()); ++at) {
        if (job.stopped.load(std::memory_order_relaxed)) return;
        work(descent, records[at]);
      }
    }
  };
  const size_t runs = (records.size() + run_length - 1) / run_length;
  std::vector<std::jthread> crew;
  for (size_t i = 0; i < std::min<size_t>(std::max(job.threads, 1U), runs); ++i) crew.emplace_back(take_runs);
  return true;
}

}  // namespace

bool Job::inspect_all(const Inheritance& inheritance) const {
  return run(*this, [] {}, [&](Descent& descent, RecordAt at) { inspect(root, descent, inheritance, at); });
}

bool Job::change_all() const {
  return run(*this, keep_repair_privileges, [&](Descent& descent, RecordAt at) { change(root, descent, at); });
}

}  // namespace pwalk::repair
