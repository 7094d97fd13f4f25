#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

#include <dirent.h>
#include <sys/stat.h>

#include "child_process.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;

namespace {

size_t entries_in(const char* directory) {
  size_t count = 0;
  if (DIR* handle = ::opendir(directory)) {
    while (::readdir(handle) != nullptr) ++count;
    ::closedir(handle);
  }
  return count;
}

}  // namespace

PWALK_TEST("few descriptors lose nothing: wide, deep and comb-shaped trees") {
  const ScratchTree wide;
  wide.wide(200, 5);
  const ScratchTree comb;
  comb.comb(300);
  for (const char* task : {"descriptors-24", "descriptors-8", "descriptors-5"}) {
    CHECK_EQ(run_child(task, wide.path()), 0);
    CHECK_EQ(run_child(task, comb.path()), 0);
  }
}

PWALK_TEST("without descriptors the walk ends with rows that say so") {
  const ScratchTree tree;
  tree.wide(5, 2);
  CHECK_EQ(run_child("no-descriptors", tree.path()), 0);
}

PWALK_TEST("what may not be read is a row with its errno") {
  if (::geteuid() != 0) return;
  const ScratchTree tree;
  tree.directory("locked");
  tree.directory("listable");
  tree.file("listable/file");
  expect(::chmod((tree / "locked").c_str(), 0700) == 0 && ::chmod((tree / "listable").c_str(), 0744) == 0, "chmod");
  CHECK_EQ(run_child("unprivileged", tree.path()), 0);
}

PWALK_TEST("a walk may be cancelled at any moment") {
  const ScratchTree tree;
  tree.wide(60, 60);
  const size_t descriptors = entries_in("/proc/self/fd");
  std::minstd_rand random(11);
  for (int round = 0; round < 100; ++round) {
    WalkOptions options;
    options.roots = {tree.path()};
    options.threads = 1 + random() % 4;
    options.batch.rows = 1 + random() % 300;
    options.queue_batches = 1 + random() % 3;
    options.stat_chunk_local = 1 + random() % 40;
    Consumer consumer(options);
    for (unsigned batches = random() % 8; batches > 0; --batches) consumer.next();
    for (unsigned spins = random() % 20000; spins > 0; --spins) std::atomic_signal_fence(std::memory_order_seq_cst);
    consumer.walk().cancel();
    CHECK(consumer.ended());
    CHECK(consumer.next() == nullptr);
  }
  // The last thread lets go of its walk just after it said that it has ended.
  for (int tries = 0; tries < 1000000 && entries_in("/proc/self/fd") != descriptors; ++tries) std::this_thread::yield();
  CHECK_EQ(entries_in("/proc/self/fd"), descriptors);
}

PWALK_TEST("a consumer that does not come stops the threads, and they go on when it does") {
  const ScratchTree tree;
  tree.wide(50, 50);
  WalkOptions options;
  options.roots = {tree.path()};
  options.threads = 2;
  options.batch.rows = 100;
  options.queue_batches = 2;
  Consumer consumer(options);
  while (consumer.walk().progress().blocked_threads < 2) std::this_thread::yield();
  CHECK_EQ(consumer.walk().progress().waiting_batches, 2U);
  size_t rows = 0;
  while (BatchPtr batch = consumer.next()) {
    rows += batch->rows();
    consumer.walk().recycle(std::move(batch));
  }
  CHECK_EQ(rows, 2551U);
}

PWALK_TEST("a directory that is swapped for a symlink is never followed") {
  const ScratchTree tree;
  tree.directory("victim");
  tree.file("victim/secret");
  tree.directory("race");
  tree.directory("race/a");
  tree.directory("race/a/inner");
  tree.file("race/a/inner/own");
  tree.symlink("../victim", "b");
  std::atomic<bool> stop{false};
  std::jthread swapper([&] {
    const std::string a = tree / "race/a", b = tree / "b";
    while (!stop) std::ignore = ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
  });
  size_t entered = 0, links = 0;
  for (const ColumnSet columns : {all_columns, ColumnSet::of(Column::path, Column::name, Column::type)}) {
    for (int round = 0; round < 300; ++round) {
      const Scan result = scan(tree / "race", 2, columns);
      for (const ScannedRow& row : result.rows) {
        CHECK(row.name != "secret");
        entered += row.name == "own";
        links += row.type == EntryType::symlink;
      }
    }
  }
  stop = true;
  swapper.join();
  CHECK(entered + links > 0);
}

PWALK_TEST("entries that vanish during the walk are counted, the books stay closed") {
  const ScratchTree tree;
  tree.directory("churn");
  std::atomic<bool> stop{false};
  std::jthread churner([&] {
    for (unsigned i = 0; !stop; ++i) {
      const std::string directory = tree / (numbered("churn/d", i % 50));
      const std::string file = tree / (numbered("churn/f", i % 50));
      if (i / 50 % 2 == 0) {
        ::mkdir(directory.c_str(), 0755);
        UniqueFd(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
      } else {
        ::rmdir(directory.c_str());
        ::unlink(file.c_str());
      }
    }
  });
  for (int round = 0; round < 300; ++round) {
    const Scan result = scan(tree.path());
    CHECK_EQ(result.count(EntryState::ok), result.rows.size());
  }
  stop = true;
}
