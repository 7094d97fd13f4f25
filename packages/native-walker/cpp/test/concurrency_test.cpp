// The rule that chooses how many threads a walk has, fed with what it would see of storage that is
// given as arithmetic; and a walk whose threads come and go.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "child_process.hpp"
#include "core/concurrency_rule.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;
using namespace std::chrono_literals;

namespace {

// A machine and its storage, in units of calls.
struct Model {
  double processors = 2;
  double processor_us = 10;    // of one call
  double storage_us = 0;       // that one call waits
  double at_once = 1e9;        // calls the storage works on at a time
  double ready_elsewhere = 0;  // threads of other programs that want a processor
};

// Calls per second that n threads reach: each makes one after the other, the processors and the storage
// do no more than they can.
double rate_of(const Model& model, double threads) {
  const double share = model.processors * threads / std::max(threads + model.ready_elsewhere, model.processors);
  const double by_processor = std::min(share, model.processors) * 1e6 / model.processor_us;
  const double by_latency = threads * 1e6 / (model.processor_us + model.storage_us);
  const double by_storage = model.storage_us == 0 ? 1e12 : model.at_once * 1e6 / model.storage_us;
  return std::min({by_processor, by_latency, by_storage});
}

// What somebody sees who looks `looks` times in as many milliseconds.
WorkerActivity seen(const Model& model, size_t threads, uint64_t looks = 16) {
  const auto n = static_cast<double>(threads);
  const double rate = rate_of(model, n);
  // Those that do not wait for storage run or want to: by Little's law, or because the processors are short.
  const double on_storage = model.at_once * 1e6 / std::max(model.storage_us, 1e-6) <= rate * 1.0001
                                ? n - rate * model.processor_us * 1e-6
                                : rate * model.storage_us * 1e-6;
  const auto waiting = static_cast<uint64_t>(std::llround(std::min(n, on_storage) * static_cast<double>(looks)));
  return {.span = std::chrono::milliseconds(looks),
          .looks = looks,
          .running = threads * looks - std::min<uint64_t>(waiting, threads * looks),
          .waiting = waiting,
          .idle = 0,
          .calls = static_cast<uint64_t>(rate * static_cast<double>(looks) / 1000)};
}

// The numbers of threads the rule goes to, window after window.
std::vector<size_t> course(ConcurrencyRule& rule, const Model& model, size_t windows) {
  std::vector<size_t> threads;
  for (size_t i = 0; i < windows; ++i) threads.push_back(rule.decide(seen(model, rule.now().threads)).threads);
  return threads;
}

size_t changes(const std::vector<size_t>& threads) {
  size_t count = 0;
  for (size_t i = 1; i < threads.size(); ++i) count += threads[i] != threads[i - 1];
  return count;
}

constexpr ConcurrencyRule::Limits two_processors{.processors = 2, .most_threads = 64};

}  // namespace

PWALK_TEST("cached storage keeps a thread per processor and large chunks") {
  ConcurrencyRule rule(two_processors, 1024);
  const auto threads = course(rule, {.processor_us = 3}, 200);
  CHECK(std::ranges::all_of(threads, [](size_t n) { return n == 2; }));
  CHECK_EQ(rule.now().stat_chunk, 1024U);
  CHECK_EQ(rule.call_time().count(), (3us).count() * 1000);
}

PWALK_TEST("slow storage gets dozens of threads within four windows, chunks of sixteen, and keeps them") {
  ConcurrencyRule rule(two_processors, 1024);
  const Model slow{.processor_us = 15, .storage_us = 500};
  CHECK(course(rule, slow, 4).back() >= 32);
  CHECK_EQ(rule.now().stat_chunk, 16U);
  const auto after = course(rule, slow, 200);
  CHECK(std::ranges::all_of(after, [](size_t n) { return n >= 32; }));
  CHECK(changes(after) <= 2);
}

PWALK_TEST("storage of which each call takes longer than a window is told by its threads that all wait") {
  ConcurrencyRule rule(two_processors, 1024);
  WorkerActivity none{.span = 499ms, .looks = 499, .waiting = 998};
  CHECK(!rule.is_enough(none));
  none.span = 500ms;
  CHECK(rule.is_enough(none));
  CHECK_EQ(rule.decide(none).threads, 8U);
  CHECK_EQ(rule.now().stat_chunk, 16U);
}

PWALK_TEST("a disk that half of the time is waited for gets some threads more, not all there are") {
  ConcurrencyRule rule(two_processors, 1024);
  const Model disk{.processor_us = 20, .storage_us = 20};
  const auto threads = course(rule, disk, 200);
  CHECK(threads.back() >= 4 && threads.back() <= 6);
  CHECK(changes(threads) <= 2);
}

PWALK_TEST("a server that works on one call at a time gets no more threads than it is worth, and seldom a trial") {
  ConcurrencyRule rule(two_processors, 1024);
  const auto threads = course(rule, {.processor_us = 5, .storage_us = 500, .at_once = 1}, 500);
  const auto more = std::ranges::count_if(threads, [](size_t n) { return n != 2; });
  CHECK(more >= 1 && more <= 12);
  CHECK_EQ(threads.back(), 2U);
}

PWALK_TEST("a server that works on ten calls at a time gets about as many threads") {
  ConcurrencyRule rule(two_processors, 1024);
  course(rule, {.processor_us = 5, .storage_us = 1000, .at_once = 10}, 300);
  CHECK(rule.now().threads >= 10 && rule.now().threads <= 20);
}

PWALK_TEST("a busy machine does not look like slow storage") {
  ConcurrencyRule rule(two_processors, 1024);
  const auto threads = course(rule, {.processor_us = 5, .ready_elsewhere = 30}, 200);
  CHECK(std::ranges::all_of(threads, [](size_t n) { return n == 2; }));
}

PWALK_TEST("where calls become quick the threads go back to one per processor, and where slow up again") {
  ConcurrencyRule rule(two_processors, 1024);
  const Model slow{.processor_us = 15, .storage_us = 500};
  const Model cached{.processor_us = 3};
  for (int i = 0; i < 3; ++i) {
    CHECK(course(rule, slow, 5).back() >= 32);
    CHECK_EQ(course(rule, cached, 3).back(), 2U);
    CHECK_EQ(rule.now().stat_chunk, 1024U);
  }
}

PWALK_TEST("one window that asks for fewer threads changes nothing, two in a row do") {
  ConcurrencyRule rule(two_processors, 1024);
  const Model slow{.processor_us = 15, .storage_us = 500};
  const Model cached{.processor_us = 3};
  const size_t many = course(rule, slow, 10).back();
  for (int i = 0; i < 5; ++i) {
    CHECK_EQ(course(rule, cached, 1).back(), many);
    CHECK_EQ(course(rule, slow, 1).back(), many);
  }
  CHECK_EQ(course(rule, cached, 2).back(), 2U);
}

PWALK_TEST("figures that shake leave the number of threads alone") {
  ConcurrencyRule rule(two_processors, 1024);
  const Model slow{.processor_us = 15, .storage_us = 200};
  course(rule, slow, 50);
  const size_t settled = rule.now().threads;
  std::vector<size_t> threads;
  for (int i = 0; i < 200; ++i) {
    Model shaken = slow;
    shaken.storage_us *= 0.8 + 0.1 * (i * 7 % 5);  // four fifths to six fifths
    threads.push_back(rule.decide(seen(shaken, rule.now().threads)).threads);
  }
  CHECK(std::ranges::all_of(threads, [&](size_t n) { return n * 2 >= settled; }));
  CHECK(changes(threads) <= 8);
}

PWALK_TEST("threads that have nothing to do are no reason for more, nor for fewer") {
  ConcurrencyRule rule(two_processors, 1024);
  CHECK_EQ(rule.decide({.span = 16ms, .looks = 16, .running = 0, .waiting = 16, .idle = 16, .calls = 32}).threads, 2U);
  const Model slow{.processor_us = 15, .storage_us = 500};
  const size_t many = course(rule, slow, 5).back();
  CHECK_EQ(rule.decide({.span = 16ms, .looks = 16, .running = 16, .idle = 16 * (many - 1), .calls = 5000}).threads, many);
}

PWALK_TEST("limits hold: never fewer threads than processors, never more than the most") {
  for (const size_t processors : {1, 2, 16, 128}) {
    const size_t most = std::max<size_t>(64, processors);
    ConcurrencyRule rule({.processors = processors, .most_threads = most}, 1024);
    const auto count = static_cast<double>(processors);
    for (const Model& model : {Model{count, 15, 5000}, Model{count, 3, 0}, Model{count, 20, 20}, Model{count, 5, 500, 1}}) {
      for (const size_t n : course(rule, model, 30)) CHECK(n >= processors && n <= most);
    }
    CHECK(rule.now().stat_chunk >= 16 && rule.now().stat_chunk <= 1024);
  }
}

PWALK_TEST("a window is enough when it can tell, and short where all wait") {
  const ConcurrencyRule rule(two_processors, 1024);
  CHECK(!rule.is_enough({.span = 8ms, .looks = 8, .running = 14, .waiting = 2, .calls = 1000}));
  CHECK(rule.is_enough({.span = 16ms, .looks = 16, .running = 30, .waiting = 2, .calls = 1000}));
  CHECK(!rule.is_enough({.span = 3ms, .looks = 3, .waiting = 6, .calls = 1000}));
  CHECK(rule.is_enough({.span = 4ms, .looks = 4, .waiting = 8, .calls = 16}));
  CHECK(!rule.is_enough({.span = 4ms, .looks = 4, .waiting = 8, .calls = 7}));
}

PWALK_TEST("threads come and go while a walk runs, and every entry has its row once") {
  const ScratchTree tree;
  tree.wide(40, 50);
  for (size_t i = 0; i < 2000; ++i) tree.file(numbered("file-", i));
  WalkOptions options;
  options.roots = {tree.path()};
  options.threads = 2;
  options.batch.rows = 16;
  options.queue_batches = 1;
  options.stat_chunk_local = 16;
  Consumer consumer(options);
  std::set<std::string> paths;
  size_t batches = 0;
  while (BatchPtr batch = consumer.next()) {
    for (const ScannedRow& row : rows_of(*batch)) CHECK(paths.insert(row.path).second);
    consumer.walk().recycle(std::move(batch));
    constexpr size_t sizes[] = {1, 8, 3, 8, 2};
    consumer.walk().resize(sizes[batches++ % std::size(sizes)]);
  }
  CHECK(consumer.ended());
  consumer.walk().resize(8);  // it is over: nobody is started
  CHECK_EQ(consumer.walk().progress().live_threads, 0U);
  CHECK_EQ(paths.size(), 1U + 40 + 40 * 50 + 2000);
  CHECK_EQ(consumer.walk().accounting().rows, paths.size());
}

PWALK_TEST("calls that do not answer bring threads that make others") {
  const ScratchTree tree;
  tree.wide(20, 10);
  for (size_t i = 0; i < 8; ++i) tree.file(numbered("dir", i) + "/stuck");
  CHECK_EQ(run_child("wait", tree.path()), 0);
}
