#include <algorithm>
#include <set>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/utf8.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;

namespace {

struct stat stat_of(const std::string& path) {
  struct stat got{};
  expect(::lstat(path.c_str(), &got) == 0, "lstat");
  return got;
}

}  // namespace

PWALK_TEST("every kind of entry is one row with its facts") {
  const ScratchTree tree;
  tree.directory("sub.dir");
  tree.file("sub.dir/inner.txt", 10);
  tree.file("file.tar.gz", 100);
  expect(::link((tree / "file.tar.gz").c_str(), (tree / "other").c_str()) == 0, "link");
  expect(::mkfifo((tree / "pipe").c_str(), 0644) == 0, "mkfifo");
  tree.symlink("nowhere", "dangling");
  tree.symlink("sub.dir", "to-dir");
  tree.file("caf\xC3\xA9.x");
  tree.file("bad\xFF");

  for (const size_t threads : {1U, 2U, 4U}) {
    const Scan result = scan(tree.path(), threads);
    CHECK_EQ(result.rows.size(), 10U);
    const ScannedRow& root = *result.find(tree.path());
    CHECK(root.depth == -1 && root.parent_inode == 0 && root.type == EntryType::directory && root.file_count == 8U);
    CHECK(root.dir_sum == 200U + 7 + 7 + static_cast<uint64_t>(stat_of(tree / "sub.dir").st_size));
    const ScannedRow& sub = *result.find(tree / "sub.dir");
    CHECK(sub.depth == 0 && sub.ext.empty() && sub.file_count == 1U && sub.dir_sum == 10U && sub.is_hardlink == false);
    CHECK(sub.parent_inode == root.inode);
    const ScannedRow& inner = *result.find(tree / "sub.dir/inner.txt");
    CHECK(inner.depth == 1 && inner.parent_inode == sub.inode && inner.size == 10U && inner.ext == "txt" && !inner.file_count);
    const ScannedRow& file = *result.find(tree / "file.tar.gz");
    CHECK(file.ext == "gz" && file.is_hardlink == true && file.inode == result.find(tree / "other")->inode);
    CHECK(file.mnt_id.has_value() && file.inode == stat_of(tree / "file.tar.gz").st_ino);
    CHECK(result.find(tree / "pipe")->type == EntryType::fifo);
    CHECK(result.find(tree / "dangling")->type == EntryType::symlink && result.find(tree / "to-dir")->type == EntryType::symlink);
    const ScannedRow& bad = *result.find(tree / "bad\\xff");
    CHECK(bad.path_raw == (tree / "bad\xFF") && bad.name == "bad\\xff");
    CHECK(!result.find(tree / "caf\xC3\xA9.x")->path_raw);
    CHECK_EQ(result.accounting.bytes, 224U);
    CHECK_EQ(result.accounting.types[static_cast<size_t>(EntryType::file)], 5U);
  }
}

PWALK_TEST("names and types alone need no stat and give the same rows") {
  const ScratchTree tree;
  tree.wide(20, 30);
  tree.symlink("x", "link");
  const ColumnSet cheap = ColumnSet::of(Column::path, Column::name, Column::type, Column::parent_inode, Column::depth,
                                        Column::state, Column::file_count);
  const Scan with = scan(tree.path());
  const Scan without = scan(tree.path(), 2, cheap);
  CHECK_EQ(with.rows.size(), without.rows.size());
  for (const ScannedRow& row : without.rows) {
    const ScannedRow* same = with.find(row.path);
    CHECK(same != nullptr && same->type == row.type && same->parent_inode == row.parent_inode && same->depth == row.depth);
    CHECK(same != nullptr && same->file_count == row.file_count);
  }
}

PWALK_TEST("roots: as typed, file, symlink, symlink with a slash, missing") {
  const ScratchTree tree;
  tree.directory("d");
  tree.file("d/f.txt", 3);
  tree.symlink("d", "link");
  CHECK_EQ(scan(tree / "d").rows.size(), 2U);
  CHECK(scan(tree / "d/").find(tree / "d/f.txt") != nullptr);
  CHECK(scan(tree / "d/").find(tree / "d/") != nullptr);
  CHECK(scan(tree / "d//").find(tree / "d//f.txt") != nullptr);
  const Scan file = scan(tree / "d/f.txt");
  CHECK(file.rows.size() == 1 && file.rows[0].name == "f.txt" && file.rows[0].ext == "txt" && file.rows[0].depth == -1);
  const Scan link = scan(tree / "link");
  CHECK(link.rows.size() == 1 && link.rows[0].type == EntryType::symlink);
  const Scan followed = scan(tree / "link/");
  CHECK(followed.rows.size() == 2 && followed.find(tree / "link/f.txt") != nullptr);
  CHECK(followed.find(tree / "link/")->name == "link" && followed.find(tree / "link/")->type == EntryType::directory);
  const Scan missing = scan(tree / "gone");
  CHECK(missing.rows.size() == 1 && missing.rows[0].state == EntryState::error && missing.rows[0].error == ENOENT);
  CHECK(missing.rows[0].operation == Operation::stat && missing.rows[0].type == EntryType::unknown);
  const std::vector<RootProbe> probed = probe_roots({tree / "d", tree / "gone", tree / "link", tree / "d/f.txt/x"});
  CHECK(probed[0].error == 0 && probed[1].error == ENOENT && probed[2].error == 0 && probed[3].error == ENOTDIR);
  WalkOptions several;
  several.roots = {tree / "d", tree / "link", tree / "gone"};
  several.threads = 2;
  CHECK_EQ(scan(several).rows.size(), 4U);
  CHECK_EQ(scan(WalkOptions{}).rows.size(), 0U);
}

PWALK_TEST("a directory of 20,000 entries is spread over workers and its row comes after them") {
  const ScratchTree tree;
  tree.wide(1, 20000);
  for (size_t i = 0; i < 50; ++i) tree.directory(numbered("dir0/sub", i));
  WalkOptions options;
  options.roots = {tree.path()};
  options.threads = 3;
  options.columns = all_columns;
  options.stat_chunk_local = 64;
  for (const size_t batch_rows : {500U, 16384U}) {
    options.batch.rows = batch_rows;
    const Scan result = scan(options);
    CHECK_EQ(result.rows.size(), 20052U);
    CHECK(result.find(tree / "dir0")->file_count == 20050U);
    std::set<std::string> paths;
    for (const ScannedRow& row : result.rows) paths.insert(row.path);
    CHECK_EQ(paths.size(), result.rows.size());
  }
  // One worker, one order: a directory's row follows the rows of its files.
  options.threads = 1;
  const Scan ordered = scan(options);
  const auto own = std::ranges::find(ordered.rows, tree / "dir0", &ScannedRow::path);
  CHECK(std::none_of(own, ordered.rows.end(), [&](const ScannedRow& row) { return row.type == EntryType::file; }));
}

PWALK_TEST("3,000 nested levels are walked whole") {
  const ScratchTree tree;
  tree.chain(3000, true);
  const Scan result = scan(tree.path());
  CHECK_EQ(result.rows.size(), 6001U);
  const auto deepest = std::ranges::max_element(result.rows, {}, &ScannedRow::depth);
  CHECK(deepest->depth == 2999 && deepest->path.size() == tree.path().size() + 6000);
  CHECK_EQ(result.count(EntryState::ok), 6001U);
}

PWALK_TEST("H12: a path is kept up to 64 KiB, whole characters of it, and rows stay joinable") {
  // The last keeps its bytes in path_raw, and four times as many in the display form.
  for (const std::string& name : {std::string(250, 'n'), std::string(83, 'x').append(83, 'y').append("\xE2\x82\xAC"), std::string(100, '\xFF')}) {
    const ScratchTree tree;
    constexpr int levels = 700;
    tree.deep(levels, name);
    for (const size_t threads : {1U, 3U}) {
      const Scan result = scan(tree.path(), threads);
      CHECK_EQ(result.rows.size(), levels + 2U);
      CHECK_EQ(result.count(EntryState::ok), levels + 2U);
      size_t joined = 0, truncated = 0;
      for (const ScannedRow& row : result.rows) {
        const size_t length = tree.path().size() + static_cast<size_t>(row.depth + 1) * (name.size() + 1) - (row.name == "f" ? name.size() - 1 : 0);
        const bool raw = row.path_raw.has_value();
        CHECK(row.path.size() <= longest_path && is_utf8(row.path));
        // A cut may take what it cannot tell from the beginning of a character.
        if (raw) CHECK(row.path_raw->size() <= length && row.path_raw->size() + 3 >= std::min(length, longest_path));
        if (raw && length <= longest_path) CHECK_EQ(row.path_raw->size(), length);
        if (!raw && row.path_truncated) CHECK(length > longest_path && row.path.size() + 4 > longest_path);
        if (!raw && !row.path_truncated) CHECK_EQ(row.path.size(), length);
        truncated += row.path_truncated;
        joined += std::ranges::count_if(result.rows, [&](const ScannedRow& parent) {
          return parent.inode == row.parent_inode && parent.depth + 1 == row.depth;
        }) == 1;
      }
      CHECK(truncated > 1 && truncated < result.rows.size());
      CHECK_EQ(joined, levels + 1U);
    }
  }
}

PWALK_TEST("directories on the skip list get a row and are not entered") {
  const ScratchTree tree;
  tree.directory(".snapshot");
  tree.file(".snapshot/hidden");
  tree.directory(".snapshots");
  tree.file(".snapshots/seen");
  WalkOptions options;
  options.roots = {tree.path()};
  options.columns = all_columns;
  options.skip_names = {".snapshot"};
  const Scan result = scan(options);
  CHECK_EQ(result.rows.size(), 4U);
  const ScannedRow& skipped = *result.find(tree / ".snapshot");
  CHECK(skipped.state == EntryState::skipped_snapshot && !skipped.file_count && !skipped.dir_sum && skipped.inode && !skipped.error);
  CHECK(result.find(tree.path())->file_count == 2U);
  // Named as a root it is meant.
  options.roots = {tree / ".snapshot"};
  CHECK_EQ(scan(options).rows.size(), 2U);
}

PWALK_TEST("H22: followed links: each directory is entered once, under its own name if it has one") {
  const ScratchTree tree, outside;
  outside.directory("inner");
  outside.file("inner/file", 3);
  tree.directory("a");
  tree.directory("a/b");
  tree.file("a/b/file", 7);
  tree.symlink("..", "a/up");
  tree.symlink(".", "a/self");
  tree.symlink("a/b", "to-b");
  tree.symlink(outside.path(), "out");
  tree.symlink(outside / "inner", "out-inner");
  tree.symlink("a/b/file", "to-file");
  tree.symlink("nowhere", "broken");
  tree.symlink("x2", "x1");
  tree.symlink("x1", "x2");
  WalkOptions options;
  options.roots = {tree.path()};
  options.follow_symlinks = true;
  for (const size_t threads : {1U, 4U}) {
    for (const ColumnSet columns : {all_columns, ColumnSet::of(Column::path, Column::type, Column::state, Column::name)}) {
      options.threads = threads;
      options.columns = columns;
      const Scan result = scan(options);
      for (const char* own : {"a", "a/b", "a/b/file", "out"}) CHECK(result.find(tree / own)->state == EntryState::ok);
      for (const char* link : {"a/up", "a/self", "to-b"}) CHECK(result.find(tree / link)->state == EntryState::loop);
      for (const char* link : {"to-file", "broken", "x1", "x2"}) {
        CHECK(result.find(tree / link)->type == EntryType::symlink && result.find(tree / link)->state == EntryState::ok);
      }
      CHECK(result.find(tree / "out")->type == EntryType::directory);
      // Two ways to one directory outside: one of them entered it.
      const EntryState through = result.find(tree / "out/inner")->state, direct = result.find(tree / "out-inner")->state;
      CHECK((through == EntryState::ok && direct == EntryState::loop) || (through == EntryState::loop && direct == EntryState::ok));
      CHECK_EQ(std::ranges::count(result.rows, "file", &ScannedRow::name), 2);
      CHECK_EQ(result.rows.size(), 15U);
    }
  }
}

PWALK_TEST("the scan's own files are counted and get no row, with stats or without") {
  const ScratchTree tree;
  tree.file("output", 50);
  tree.file("data", 5);
  const struct stat own = stat_of(tree / "output");
  WalkOptions options;
  options.roots = {tree.path()};
  options.own_files = {{own.st_dev, own.st_ino}};
  for (const ColumnSet columns : {all_columns, ColumnSet::of(Column::path)}) {
    options.columns = columns;
    const Scan result = scan(options);
    CHECK_EQ(result.rows.size(), 2U);
    CHECK_EQ(result.accounting.excluded, 1U);
    CHECK(result.find(tree / "output") == nullptr);
  }
}
