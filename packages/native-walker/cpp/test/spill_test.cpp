#include <atomic>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/frontier.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"
#include "walk_parts.hpp"

using namespace pwalk;
using namespace pwalk::test;

namespace {

// Keeps numbers in memory, a byte each; odd ones cannot be stored when `only_even`.
class NumberStore final : public ItemStore<int> {
 public:
  explicit NumberStore(size_t room, bool only_even = false) : room_(room), only_even_(only_even) {}

  size_t bytes_of(const int&) const override { return 1; }
  bool is_storable(const int& item) const override { return !only_even_ || item % 2 == 0; }
  size_t room() const override { return room_; }
  bool add(const int& item) override {
    if (next_.size() == segment_items) return false;
    next_.push_back(item);
    return true;
  }
  Segment write() override {
    if (fails) throw SpillError(ENOSPC);
    segments_[++last_] = next_;
    return {last_, std::exchange(next_, {}).size()};
  }
  void read(const Segment& segment, const std::function<void(int)>& each) override {
    for (const int item : segments_.at(segment.slot)) each(item);
  }
  void free(const Segment& segment) override { segments_.erase(segment.slot); }

  bool empty() const { return segments_.empty(); }
  uint32_t written() const { return last_; }
  bool fails = false;

 private:
  static constexpr size_t segment_items = 3;
  const size_t room_;
  const bool only_even_;
  std::vector<int> next_;
  std::map<uint32_t, std::vector<int>> segments_;
  uint32_t last_ = 0;
};

// Takes and finishes all there is, as one worker.
std::vector<int> drain(Frontier<int>& frontier) {
  std::vector<int> items;
  while (const auto item = frontier.next(0)) {
    items.push_back(*item);
    frontier.done();
  }
  return items;
}

// Workers that walk a binary tree of numbers; how many they have met.
int walk_numbers(Frontier<int>& frontier, size_t workers, const std::function<void(int)>& met) {
  std::atomic<int> count{0};
  std::vector<std::jthread> threads;
  for (size_t self = 0; self < workers; ++self) {
    threads.emplace_back([&, self] {
      while (const auto item = frontier.next(self)) {
        met(++count);
        for (int i = 0; i < 2 && *item > 0; ++i) {
          if (*item % 5 == 4) {
            frontier.push_later(*item - 1);
          } else {
            frontier.push(self, *item - 1);
          }
        }
        frontier.done();
      }
    });
  }
  threads.clear();
  return count.load();
}

// As little memory for directories as there can be, and small segments.
WalkOptions crowded(WalkOptions options, size_t bytes) {
  options.directory_bytes = bytes;
  options.spill.slot_bytes = 2048;
  return options;
}

}  // namespace

PWALK_TEST("what a frontier has no room for goes to its store, the oldest first, and comes back the newest first") {
  NumberStore store(8);
  Frontier<int> frontier(1, nullptr, &store);
  for (int i = 1; i <= 20; ++i) frontier.push(0, i);
  CHECK(store.written() > 2);
  CHECK_EQ(frontier.queued(), 20U);
  const std::vector<int> items = drain(frontier);
  CHECK_EQ(items.size(), 20U);
  // Never far from the order of a stack: at most a segment, which a store gives in the order it got it.
  CHECK(std::ranges::is_sorted(items, std::ranges::greater{}));
  CHECK(store.empty());
}

PWALK_TEST("what cannot be stored stays where it is, however little room there is") {
  NumberStore store(2, true);
  Frontier<int> frontier(1, nullptr, &store);
  for (int i = 1; i <= 9; ++i) frontier.push(0, i);
  std::vector<int> items = drain(frontier);
  CHECK_EQ(items.front(), 9);
  std::ranges::sort(items);
  CHECK((items == std::vector{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  CHECK(store.empty() && store.written() > 0);
}

PWALK_TEST("a frontier with a store ends for all when the last item is done, wherever it was") {
  for (const size_t room : {1U, 4U, 50U}) {
    for (int round = 0; round < 20; ++round) {
      NumberStore store(room, round % 2 == 0);
      Frontier<int> frontier(4, nullptr, &store);
      frontier.push(0, 9);
      CHECK_EQ(walk_numbers(frontier, 4, [](int) {}), (1 << 10) - 1);
      CHECK_EQ(frontier.queued(), 0U);
      CHECK(store.empty());
    }
  }
}

PWALK_TEST("a frontier that is stopped has left what is in memory and what is in the store, each once") {
  size_t stored = 0;
  for (int round = 0; round < 40; ++round) {
    NumberStore store(4);
    Frontier<int> frontier(3, nullptr, &store);
    frontier.push(0, 9);
    const int met = walk_numbers(frontier, 3, [&](int count) {
      if (count == 5 + 10 * round) frontier.stop();
    });
    // What is left of a binary tree stands for all below it.
    int left = 0;
    frontier.each_remaining([&](int item) { left += (1 << (item + 1)) - 1; });
    CHECK_EQ(met + left, (1 << 10) - 1);
    size_t in_memory = 0, all = 0;
    stored += frontier.count_remaining([&](int) { ++in_memory; });
    frontier.each_remaining([&](int) { ++all; });
    CHECK_EQ(frontier.count_remaining([](int) {}) + in_memory, all);
  }
  CHECK(stored > 40);
}

PWALK_TEST("a frontier is cancelled while items are in its store; a store that fails is told to whoever pushed") {
  NumberStore store(2);
  Frontier<int> frontier(2, nullptr, &store);
  walk_numbers(frontier, 0, [](int) {});
  for (int i = 0; i < 50; ++i) frontier.push(0, 10);
  CHECK(walk_numbers(frontier, 2, [&](int count) {
          if (count == 100) frontier.cancel();
        }) < 50 * 2047);
  CHECK(!frontier.next(0) && !frontier.next(1));

  NumberStore full(2);
  full.fails = true;
  Frontier<int> other(1, nullptr, &full);
  bool told = false;
  for (int i = 0; i < 10 && !told; ++i) {
    try {
      other.push(0, i);
    } catch (const SpillError& error) {
      told = error.error() == ENOSPC;
    }
  }
  CHECK(told);
}

PWALK_TEST("a walk with next to no memory for directories finds what it finds with plenty") {
  const ScratchTree tree, spill;
  grow(tree, "", 4, 4);
  tree.wide(60, 1);
  tree.directory("huge");
  for (size_t i = 0; i < 1000; ++i) tree.file(numbered("huge/f", i));
  for (size_t i = 0; i < 200; ++i) tree.directory(numbered("huge/d", i));
  for (size_t i = 0; i < 50; ++i) tree.directory(numbered("bad\xFF" + std::string(200, 'x'), i));
  tree.symlink("../d0", "d1/link");
  tree.symlink(spill.path(), "d2/out");
  spill.directory("outside");
  for (const bool follow : {false, true}) {
    WalkOptions options = options_for(tree.path(), 1);
    options.follow_symlinks = follow;
    const auto whole = texts_of(scan(options).rows);
    for (const size_t threads : {1U, 4U}) {
      for (const size_t bytes : {1U, 5000U, 50'000U}) {
        options.threads = threads;
        WalkOptions little = crowded(options, bytes);
        Consumer consumer(little);
        std::vector<ScannedRow> rows;
        while (BatchPtr batch = consumer.next()) {
          std::ranges::move(rows_of(*batch), std::back_inserter(rows));
          consumer.walk().recycle(std::move(batch));
        }
        CHECK(consumer.ended());
        CHECK(!consumer.walk().failure());
        CHECK(texts_of(rows) == whole);
        CHECK_EQ(consumer.walk().accounting().read, whole.size());
        if (bytes < 50'000) CHECK(consumer.walk().progress().spilled_bytes > 2048);
      }
    }
  }
}

PWALK_TEST("a walk that spills is stopped again and again, and finds in its parts what it finds in one go") {
  const ScratchTree tree;
  grow(tree, "", 3, 5);
  tree.comb(300);
  tree.wide(100, 2);
  for (const size_t threads : {1U, 3U}) {
    const WalkOptions options = options_for(tree.path(), threads);
    const Scan whole = scan(options);
    for (const size_t bytes : {1U, 20'000U}) {
      for (const size_t rows : {1U, 300U}) {
        const auto parts = walk_in_parts(crowded(options, bytes), [&](size_t seen) { return seen >= rows; });
        CHECK(parts.size() > 2);
        check_union(parts, whole);
      }
    }
  }
}

PWALK_TEST("directories that cannot be written, or are more than the limit, end the walk and say which it was") {
  const ScratchTree tree, spill;
  tree.wide(200, 0);
  const auto failure = [&](const SpillFile::Options& to) {
    WalkOptions options = crowded(options_for(tree.path(), 3), 1);
    options.spill = to;
    Consumer consumer(options);
    while (BatchPtr batch = consumer.next()) consumer.walk().recycle(std::move(batch));
    CHECK(consumer.ended());
    return consumer.walk().failure();
  };
  const auto missing = failure({.directory = spill / "missing", .slot_bytes = 2048});
  CHECK(missing && missing->of == WalkFailure::Of::spill && missing->error == ENOENT);
  const auto limit = failure({.directory = spill.path(), .limit = 4096, .slot_bytes = 2048});
  CHECK(limit && limit->of == WalkFailure::Of::spill_limit);
  CHECK(!failure({.directory = spill.path(), .limit = 1 << 20, .slot_bytes = 2048}));
  // Nor is there room for what an earlier part has left: the walk has ended before it began.
  const WalkOptions whole = options_for(tree.path(), 1);
  const Part part = walk_part(whole, [](size_t rows) { return rows > 0; });
  WalkOptions next = crowded(whole, 1);
  next.remaining = part.remaining;
  next.spill = {.directory = spill.path(), .limit = 4096, .slot_bytes = 2048};
  Consumer consumer(next);
  CHECK(consumer.next() == nullptr);
  const auto left = consumer.walk().failure();
  CHECK(left && left->of == WalkFailure::Of::spill_limit);
  CHECK(std::filesystem::is_empty(spill.path()));
}

PWALK_TEST("a spill file has no name, and keeps no more slots than it needs") {
  const ScratchTree spill;
  SpillFile file({.directory = spill.path(), .limit = 3 * 4096, .slot_bytes = 4096});
  const uint32_t first = file.write(std::string(4096, 'a'));
  const uint32_t second = file.write("second");
  CHECK(std::filesystem::is_empty(spill.path()));
  std::string bytes(6, ' ');
  file.read(second, bytes);
  CHECK_EQ(bytes, std::string("second"));
  file.free(second);
  CHECK_EQ(file.write("third"), second);
  file.write("fourth");
  int error = -1;
  try {
    file.write("beyond the limit");
  } catch (const SpillError& failed) {
    error = failed.error();
  }
  CHECK_EQ(error, 0);
  bytes.resize(4096);
  file.read(first, bytes);
  CHECK(bytes == std::string(4096, 'a'));
}
