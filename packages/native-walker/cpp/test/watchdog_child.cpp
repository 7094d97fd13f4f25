#include "watchdog_child.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

#include "hanging_calls.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"

namespace pwalk::test {

void scan_what_hangs(const std::string& task, const std::string& root) {
  using namespace std::chrono_literals;
  const Scan whole = scan(root);
  HangingCalls hanging("stuck");
  if (!hanging.works()) {
    std::fprintf(stderr, "  no seccomp listener here: hanging calls are not tested\n");
    return;
  }
  WalkOptions options;
  options.roots = {root};
  options.threads = static_cast<size_t>(std::stoi(task.substr(5)));
  options.columns = all_columns;
  options.batch.rows = 16;
  options.stat_chunk_local = 8;
  options.warn_after = 50ms;
  options.op_timeout = 200ms;
  Consumer consumer(options);
  std::jthread stopper;
  if (task.starts_with("stop")) {
    stopper = std::jthread([&] {
      while (hanging.held() == 0) std::this_thread::sleep_for(1ms);
      consumer.walk().stop();
    });
  }
  std::set<std::string> paths;
  size_t given_up = 0;
  while (BatchPtr batch = consumer.next()) {
    for (const ScannedRow& row : rows_of(*batch)) {
      CHECK(paths.insert(row.path).second);
      CHECK(whole.find(row.path) != nullptr);
      if (row.error != ETIMEDOUT) continue;
      ++given_up;
      CHECK(row.state == EntryState::degraded && row.name == "stuck");
    }
    consumer.walk().recycle(std::move(batch));
  }
  CHECK(consumer.ended());
  CHECK(given_up >= 1);
  const Accounting books = consumer.walk().accounting();
  CHECK_EQ(books.read, books.rows + books.vanished + books.excluded);
  CHECK_EQ(books.rows, paths.size());
  CHECK_EQ(books.violations, 0U);
  const WalkNotes::Contents notes = consumer.walk().notes();
  CHECK(!notes.slow_calls.empty() && notes.slow_calls.back().given_up);
  CHECK(notes.slow_calls.back().path.ends_with("/stuck") && !notes.slow_calls.back().mount_point.empty());
  stopper = {};
  // Stopped while a call hangs: what was entered is whole, and the rest is left, of a mount that was given up.
  options.remaining = consumer.walk().remaining();
  if (options.remaining) {
    CHECK(task.starts_with("stop"));
    for (const ScannedRow& row : scan(options).rows) {
      CHECK(paths.insert(row.path).second);
      CHECK(row.state == EntryState::degraded);
    }
  }
  // What hung comes back, finds its place taken, and goes.
  CHECK(hanging.held() > 0 && consumer.walk().progress().given_up_threads == hanging.held());
  hanging.release();
  while (consumer.walk().progress().given_up_threads != 0) std::this_thread::sleep_for(1ms);
  CHECK_EQ(consumer.walk().accounting().rows, books.rows);
}

void scan_what_waits(const std::string& root) {
  const Scan whole = scan(root);
  HangingCalls hanging("stuck");
  if (!hanging.works()) {
    std::fprintf(stderr, "  no seccomp listener here: slow calls are not tested\n");
    return;
  }
  WalkOptions options;
  options.roots = {root};
  options.threads = 1;
  options.most_threads = 8;
  options.batch.rows = 16;
  options.queue_batches = 1000;  // nobody takes them while calls are held
  Consumer consumer(options);
  // That many calls can only be held at once if that many threads make them.
  while (hanging.held() < 8) std::this_thread::yield();
  hanging.release();
  std::set<std::string> paths;
  while (BatchPtr batch = consumer.next()) {
    for (const ScannedRow& row : rows_of(*batch)) CHECK(paths.insert(row.path).second);
    consumer.walk().recycle(std::move(batch));
  }
  CHECK(consumer.ended());
  CHECK(!consumer.walk().failure());
  CHECK_EQ(paths.size(), whole.rows.size());
  CHECK_EQ(consumer.walk().accounting().rows, whole.rows.size());
  CHECK_EQ(consumer.walk().concurrency().peak_threads, 8U);
}

}  // namespace pwalk::test
