#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <stdexcept>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

#include "core/remaining_work.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;

namespace {

// What a part of a walk came to.
struct Part {
  std::vector<ScannedRow> rows;
  std::optional<std::string> remaining;
};

// Walks until `stop_now(rows so far)`, and to the end of what was begun.
template <class StopNow>
Part walk_part(const WalkOptions& options, StopNow stop_now) {
  Consumer consumer(options);
  Part part;
  if (stop_now(0)) consumer.walk().stop();
  while (BatchPtr batch = consumer.next()) {
    std::ranges::move(rows_of(*batch), std::back_inserter(part.rows));
    consumer.walk().recycle(std::move(batch));
    if (stop_now(part.rows.size())) consumer.walk().stop();
  }
  CHECK(consumer.ended());
  CHECK(!consumer.walk().failure());
  const Accounting books = consumer.walk().accounting();
  CHECK_EQ(books.read, books.rows + books.vanished + books.excluded);
  CHECK_EQ(books.rows, part.rows.size());
  CHECK_EQ(books.violations, 0U);
  part.remaining = consumer.walk().remaining();
  return part;
}

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

// A row as one text; which thread came first decides nothing of it.
std::string text_of(const ScannedRow& row) {
  std::string text = row.path;
  for (const auto& value : {row.inode, row.size, row.file_count, row.dir_sum, row.mnt_id}) {
    text += ' ';
    text += value ? std::to_string(*value) : "-";
  }
  text += ' ' + std::to_string(row.mtime.value_or(0)) + ' ' + std::to_string(row.depth) + ' ' + std::to_string(row.parent_inode);
  text += ' ' + std::to_string(static_cast<int>(row.state)) + ' ' + std::to_string(row.error.value_or(0)) + ' ' + row.name;
  return text;
}

std::vector<std::string> texts_of(const std::vector<ScannedRow>& rows) {
  std::vector<std::string> texts;
  for (const ScannedRow& row : rows) texts.push_back(text_of(row));
  std::ranges::sort(texts);
  return texts;
}

// All parts of a walk, each stopped when `stop_now` says so of its rows.
template <class StopNow>
std::vector<Part> walk_in_parts(WalkOptions options, StopNow stop_now) {
  std::vector<Part> parts;
  do {
    parts.push_back(walk_part(options, stop_now));
    options.remaining = parts.back().remaining;
  } while (options.remaining);
  return parts;
}

// The parts hold each row of the whole once, and each directory's rows are in one part.
void check_union(const std::vector<Part>& parts, const Scan& whole) {
  std::vector<ScannedRow> rows;
  std::map<std::string, size_t> part_of;
  size_t torn = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    for (const ScannedRow& row : parts[i].rows) {
      rows.push_back(row);
      const bool own = row.file_count.has_value();
      const std::string directory = own ? row.path : row.path.substr(0, row.path.rfind('/'));
      if (row.type != EntryType::directory || own) torn += part_of.emplace(directory, i).first->second != i;
    }
  }
  CHECK_EQ(torn, 0U);
  CHECK(texts_of(rows) == texts_of(whole.rows));
}

WalkOptions options_for(const std::string& root, size_t threads) {
  WalkOptions options;
  options.roots = {root};
  options.threads = threads;
  options.columns = all_columns;
  options.batch.rows = 50;
  options.stat_chunk_local = 16;
  return options;
}

// `levels` of directories, each with `width` of the next and three files.
void grow(const ScratchTree& tree, const std::string& at, int levels, int width) {
  for (int i = 0; i < 3; ++i) tree.file(at + numbered("f", static_cast<size_t>(i)), static_cast<size_t>(i));
  for (int i = 0; levels > 0 && i < width; ++i) {
    const std::string name = at + numbered("d", static_cast<size_t>(i));
    tree.directory(name);
    grow(tree, name + "/", levels - 1, width);
  }
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
  RemainingWork work = read_remaining(*first.remaining);
  const auto renumbered = [&](uint64_t dev, uint64_t inode) {
    std::string bytes = *first.remaining;
    for (const auto& [from, to] : {std::pair{work.roots[0]->dev, dev}, std::pair{work.roots[0]->inode, inode}}) {
      const std::string old(reinterpret_cast<const char*>(&from), 8), now(reinterpret_cast<const char*>(&to), 8);
      for (size_t at = bytes.find(old); from != to && at != std::string::npos; at = bytes.find(old, at + 8)) bytes.replace(at, 8, now);
    }
    return bytes;
  };
  options.remaining = renumbered(work.roots[0]->dev + 12345, work.roots[0]->inode);
  Part second = walk_part(options, [](size_t) { return false; });
  CHECK_EQ(first.rows.size() + second.rows.size(), whole.rows.size());
  CHECK(std::ranges::all_of(second.rows, [](const ScannedRow& row) { return row.state == EntryState::ok; }));
  options.remaining = renumbered(work.roots[0]->dev, work.roots[0]->inode + 1);
  second = walk_part(options, [](size_t) { return false; });
  CHECK(std::ranges::all_of(second.rows, [](const ScannedRow& row) { return row.state == EntryState::error && row.error == ESTALE; }));
}

PWALK_TEST("bytes that are no frontier are refused") {
  const ScratchTree tree;
  grow(tree, "", 2, 3);
  const Part part = walk_beginning(options_for(tree.path(), 1));
  const std::string good = *part.remaining;
  RemainingWork read = read_remaining(good);
  RemainingWriter again;
  for (const DirectoryRef& pending : read.pending) again.add(*pending);
  CHECK(read_remaining(std::move(again).finish()).pending.size() == read.pending.size());
  for (size_t length = 0; length < good.size(); ++length) {
    bool refused = false;
    try {
      read_remaining(std::string_view(good).substr(0, length));
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    CHECK(refused);
  }
}
