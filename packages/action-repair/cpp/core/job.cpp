#include "core/job.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include "core/change.hpp"
#include "core/inspection.hpp"
#include "core/privileges.hpp"

namespace pwalk::repair {
namespace {

// What several threads do: neighbours have directories in common, so each takes some in a row.
class Runs {
 public:
  Runs(const Job& job, size_t count, size_t length) : job_(job), count_(count), length_(length) {}

  size_t threads() const { return std::min<size_t>(std::max(job_.threads, 1U), (count_ + length_ - 1) / length_); }

  // `work(index)` for each that no other thread has taken.
  template <class Work>
  void take(const Work& work) {
    for (;;) {
      const size_t first = next_.fetch_add(length_, std::memory_order_relaxed);
      if (first >= count_) return;
      for (size_t index = first; index < std::min(first + length_, count_); ++index) {
        if (job_.stopped.load(std::memory_order_relaxed)) return;
        work(index);
      }
    }
  }

 private:
  const Job& job_;
  const size_t count_;
  const size_t length_;
  std::atomic<size_t> next_{0};
};

}  // namespace

bool Job::inspect_all(const Nominees& nominees, const Inheritance& inheritance) const {
  if (!nominees.whole()) return false;
  // Long, so that few directories are opened by two threads, but every thread has some.
  const size_t share = nominees.size() / (size_t{2} * std::max(threads, 1U));
  Runs runs(*this, nominees.size(), std::clamp<size_t>(share, 16, 512));
  const auto work = [&] {
    Inspector inspector(root, inheritance, nominees);
    runs.take([&](size_t index) { inspector.inspect(index); });
  };
  std::vector<std::jthread> others;
  for (size_t i = 1; i < runs.threads(); ++i) others.emplace_back(work);
  work();
  return true;
}

bool Job::change_all(std::span<uint8_t> bytes) const {
  const std::vector<RecordAt> records = records_in(bytes);
  if (records.empty()) return bytes.empty();
  Runs runs(*this, records.size(), 16);
  std::vector<std::jthread> crew;
  for (size_t i = 0; i < runs.threads(); ++i) {
    crew.emplace_back([&] {
      keep_repair_privileges();
      Descent descent(root);
      runs.take([&](size_t index) { change(root, descent, records[index]); });
    });
  }
  return true;
}

}  // namespace pwalk::repair
