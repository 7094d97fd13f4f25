#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

#include "core/remaining_work.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"
#include "walk_parts.hpp"

using namespace pwalk;
using namespace pwalk::test;

namespace {

// One thread, stopped when it waits for somebody to take its first row: it has entered a root and little else.
Part walk_beginning(WalkOptions options) {
  options.batch.rows = 1;
  options.queue_batches = 1;
  Consumer consumer(options);
  while (consumer.walk().progress().blocked_threads == 0) std::this_thread::yield();
  consumer.walk().stop();
  Part part;
  while (BatchPtr batch = consumer.next()) {
    std::ranges::move(rows_of(*batch), std::back_inserter(part.rows));
    consumer.walk().recycle(std::move(batch));
  }
  CHECK(consumer.ended());
  part.remaining = consumer.walk().remaining();
  CHECK(part.remaining.has_value());
  return part;
}

}  // namespace

PWALK_TEST("a walk stopped again and again finds in its parts what it finds in one go") {
  const ScratchTree tree;
  grow(tree, "", 4, 4);
  tree.directory("huge");
  for (size_t i = 0; i < 3000; ++i) tree.file(numbered("huge/f", i));
  tree.directory("huge/sub");
  tree.file("bad\xFF");
  tree.directory("denied");
  for (const size_t threads : {1U, 3U}) {
    const Scan whole = scan(options_for(tree.path(), threads));
    for (const size_t rows : {1U, 200U}) {
      const auto parts = walk_in_parts(options_for(tree.path(), threads), [&](size_t seen) { return seen >= rows; });
      CHECK(parts.size() > 3);
      check_union(parts, whole);
    }
  }
}

PWALK_TEST("a walk stopped at any moment, by another thread, loses nothing and repeats nothing") {
  const ScratchTree tree;
  grow(tree, "", 3, 5);
  tree.directory("huge");
  for (size_t i = 0; i < 2000; ++i) tree.file(numbered("huge/f", i));
  WalkOptions options = options_for(tree.path(), 4);
  options.batch.rows = 5;
  options.queue_batches = 1;
  const Scan whole = scan(options);
  std::mt19937 random(7);
  size_t stopped = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<Part> parts;
    WalkOptions next = options;
    // A few stops, then to the end.
    for (int stops = 0;; ++stops) {
      Consumer consumer(next);
      std::jthread stopper;
      if (stops < 3) {
        // By rows and not by time: a slow machine is stopped as often as a fast one.
        stopper = std::jthread([&consumer, rows = random() % 200] {
          for (auto now = consumer.walk().progress(); now.rows < rows && now.live_threads != 0;) {
            std::this_thread::yield();
            now = consumer.walk().progress();
          }
          consumer.walk().stop();
        });
      }
      Part part;
      while (BatchPtr batch = consumer.next()) {
        std::ranges::move(rows_of(*batch), std::back_inserter(part.rows));
        consumer.walk().recycle(std::move(batch));
      }
      CHECK(consumer.ended());
      stopper = {};
      part.remaining = consumer.walk().remaining();
      next.remaining = part.remaining;
      parts.push_back(std::move(part));
      if (!next.remaining) break;
      ++stopped;
    }
    check_union(parts, whole);
  }
  CHECK(stopped > 50);
}

PWALK_TEST("stopped before it began, a walk has its roots left, and goes on from them") {
  const ScratchTree tree;
  tree.wide(5, 5);
  tree.file("file");
  WalkOptions options = options_for(tree.path(), 2);
  options.roots.push_back(tree / "file");
  Consumer consumer(options);
  consumer.walk().stop();
  while (BatchPtr batch = consumer.next()) consumer.walk().recycle(std::move(batch));
  // A thread may have been quicker than the stop.
  options.remaining = consumer.walk().remaining();
  if (consumer.walk().accounting().rows == 0) CHECK_EQ(scan(options).rows.size(), 33U);
  CHECK_EQ(walk_in_parts(options_for(tree.path(), 2), [](size_t) { return false; }).size(), 1U);
}

PWALK_TEST("a chain of 3,000 directories is gone on with from its middle, with few descriptors") {
  const ScratchTree tree;
  tree.comb(3000);
  rlimit before{};
  expect(::getrlimit(RLIMIT_NOFILE, &before) == 0, "getrlimit");
  rlimit few = before;
  few.rlim_cur = 70;
  expect(::setrlimit(RLIMIT_NOFILE, &few) == 0, "setrlimit");
  const Scan whole = scan(options_for(tree.path(), 2));
  const auto parts = walk_in_parts(options_for(tree.path(), 2), [](size_t seen) { return seen >= 1500; });
  expect(::setrlimit(RLIMIT_NOFILE, &before) == 0, "setrlimit");
  CHECK(parts.size() > 2);
  check_union(parts, whole);
}

PWALK_TEST("what was exchanged between two parts is not taken for what was there") {
  const ScratchTree tree, outside;
  outside.file("secret");
  for (const char* name : {"a", "b", "c", "d"}) {
    tree.directory(name);
    tree.directory(std::string(name) + "/sub");
    tree.file(std::string(name) + "/sub/file");
  }
  WalkOptions options = options_for(tree.path(), 1);
  const Part first = walk_beginning(options);
  // A link to somewhere else, something that is no directory, gone, and another directory.
  const auto away = [&](const char* name) { expect(::rename((tree / name).c_str(), (outside / name).c_str()) == 0, "rename"); };
  const auto was_done = [&](const std::string& path) {
    return std::ranges::any_of(first.rows, [&](const ScannedRow& row) { return row.path == path; });
  };
  for (const char* name : {"a", "b", "c", "d"}) away(name);
  tree.symlink(outside.path(), "a");
  tree.file("b", 5);
  tree.directory("d");
  tree.file("d/new");
  options.remaining = first.remaining;
  const Part second = walk_part(options, [](size_t) { return false; });
  CHECK(std::ranges::none_of(second.rows, [](const ScannedRow& row) { return row.path.ends_with("secret"); }));
  const auto type_of = [&](const std::string& path) {
    const auto found = std::ranges::find(second.rows, path, &ScannedRow::path);
    return found == second.rows.end() ? EntryType::unknown : found->type;
  };
  CHECK(std::ranges::count_if(std::array{"a", "b", "c", "d"}, [&](const char* name) { return was_done(tree / name); }) <= 1);
  if (!was_done(tree / "a")) CHECK(type_of(tree / "a") == EntryType::symlink);
  if (!was_done(tree / "b")) CHECK(type_of(tree / "b") == EntryType::file);
  if (!was_done(tree / "c")) CHECK(type_of(tree / "c") == EntryType::unknown);
  if (!was_done(tree / "d")) CHECK(type_of(tree / "d/new") == EntryType::file);
}

PWALK_TEST("a frontier whose device has another number now is gone on with; another inode is not") {
  const ScratchTree tree;
  grow(tree, "", 2, 3);
  const Scan whole = scan(options_for(tree.path(), 1));
  WalkOptions options = options_for(tree.path(), 1);
  const Part first = walk_beginning(options);
  // As after a restart: the same numbers everywhere, but other ones.
  std::deque<Mount> mounts;
  const RemainingWork work = read_remaining(*first.remaining, mounts, nullptr, [](const WorkItem&) {});
  const auto renumbered = [&](uint64_t dev, uint64_t inode) {
    std::string bytes = *first.remaining;
    for (const auto& [from, to] : {std::pair{work.roots[0]->dev, dev}, std::pair{work.roots[0]->inode, inode}}) {
      const std::string old(reinterpret_cast<const char*>(&from), 8), now(reinterpret_cast<const char*>(&to), 8);
      for (size_t at = bytes.find(old); from != to && at != std::string::npos; at = bytes.find(old, at + 8)) bytes.replace(at, 8, now);
    }
    return bytes;
  };
  options.remaining = renumbered(work.roots[0]->dev + 12345, work.roots[0]->inode);
  options.batch.rows = 1;
  options.queue_batches = 1;
  // Stopped again and again: what is left a second time has the numbers of now.
  const auto parts = walk_in_parts(options, [](size_t seen) { return seen >= 1; });
  CHECK(parts.size() > 2);
  size_t rows = first.rows.size();
  for (const Part& part : parts) {
    rows += part.rows.size();
    CHECK(std::ranges::all_of(part.rows, [](const ScannedRow& row) { return row.state == EntryState::ok; }));
  }
  CHECK_EQ(rows, whole.rows.size());
  options.remaining = renumbered(work.roots[0]->dev, work.roots[0]->inode + 1);
  const Part second = walk_part(options, [](size_t) { return false; });
  CHECK(std::ranges::all_of(second.rows, [](const ScannedRow& row) { return row.state == EntryState::error && row.error == ESTALE; }));
}

PWALK_TEST("bytes that are no frontier are refused") {
  const ScratchTree tree;
  grow(tree, "", 2, 3);
  const Part part = walk_beginning(options_for(tree.path(), 1));
  const std::string good = *part.remaining;
  std::deque<Mount> mounts;
  const auto read = [&](std::string_view bytes, const std::function<void(WorkItem)>& each) {
    return read_remaining(bytes, mounts, nullptr, each).pending;
  };
  RemainingWriter again;
  const size_t pending = read(good, [&](const WorkItem& item) { again.add(item); });
  CHECK_EQ(read(std::move(again).finish(), [](const WorkItem&) {}), pending);
  for (size_t length = 0; length < good.size(); ++length) {
    bool refused = false;
    try {
      read(std::string_view(good).substr(0, length), [](const WorkItem&) {});
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    CHECK(refused);
  }
}
