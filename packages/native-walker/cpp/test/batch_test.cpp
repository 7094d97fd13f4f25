#include <atomic>
#include <cstddef>
#include <thread>

#include "core/batch_queue.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"

using namespace pwalk;
using namespace pwalk::test;

// There where a sanitizer keeps the books.
extern "C" [[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void*, size_t),
                                                                       void (*freed)(const volatile void*));

namespace {

thread_local size_t allocations = 0;

// How often this thread has asked for memory since the first call; 0 without a sanitizer.
size_t allocations_here() {
  static const bool counting =
      __sanitizer_install_malloc_and_free_hooks != nullptr &&
      __sanitizer_install_malloc_and_free_hooks([](const volatile void*, size_t) { ++allocations; },
                                                [](const volatile void*) {}) != 0;
  return counting ? allocations : 0;
}

PathText path_of(const char* root) {
  PathText path;
  path.enter(Directory::root(root));
  return path;
}

Row row_of(const PathText& directory, std::string_view name) { return {.directory = &directory, .entry = name, .name = name}; }

}  // namespace

PWALK_TEST("a batch holds what was appended, nulls included") {
  BatchBuilder batch(all_columns, {.rows = 100});
  const PathText path = path_of("/r");
  StatRow stat;
  stat.inode = UINT64_MAX;
  stat.mode = S_IFREG | 0644;
  stat.size = 5;
  stat.nlink = 2;
  stat.mtime = -7;
  Row file = row_of(path, "a.txt");
  file.type = EntryType::file;
  file.stat = &stat;
  file.parent_inode = 9;
  file.depth = 0;
  batch.append(file);
  Row broken = row_of(path, "b\xFF.c\xFE");
  broken.state = EntryState::denied;
  broken.error = 13;
  broken.operation = Operation::stat;
  batch.append(broken);
  Row own{.directory = &path, .entry = {}, .name = "r"};
  own.type = EntryType::directory;
  own.file_count = 2;
  own.dir_sum = 5;
  batch.append(own);

  const auto rows = rows_of(batch);
  CHECK_EQ(rows.size(), 3U);
  CHECK_EQ(rows[0].path, "/r/a.txt");
  CHECK(!rows[0].path_raw);
  CHECK_EQ(rows[0].ext, "txt");
  CHECK(rows[0].inode == UINT64_MAX && rows[0].size == 5U && rows[0].mtime == -7 && rows[0].is_hardlink == true);
  CHECK(!rows[0].mnt_id && !rows[0].error && !rows[0].file_count);
  CHECK_EQ(rows[0].parent_inode, 9U);
  CHECK_EQ(rows[1].path, "/r/b\\xff.c\\xfe");
  CHECK(rows[1].path_raw == std::string("/r/b\xFF.c\xFE"));
  CHECK_EQ(rows[1].name, "b\\xff.c\\xfe");
  CHECK_EQ(rows[1].ext, "c\\xfe");
  CHECK(!rows[1].inode && !rows[1].size && !rows[1].is_hardlink && rows[1].error == 13);
  CHECK(rows[1].operation == Operation::stat && rows[1].state == EntryState::denied);
  CHECK_EQ(rows[2].path, "/r");
  CHECK(!rows[2].path_raw && rows[2].file_count == 2U && rows[2].dir_sum == 5U);

  batch.reset();
  Row again = row_of(path, "z");
  again.stat = &stat;
  batch.append(again);
  const auto after = rows_of(batch);
  CHECK_EQ(after.size(), 1U);
  CHECK_EQ(after[0].path, "/r/z");
  CHECK(!after[0].path_raw && !after[0].error && !after[0].file_count && after[0].inode == UINT64_MAX);
}

PWALK_TEST("only nullable columns with a null have a validity bitmap, and only asked columns are built") {
  BatchBuilder batch(ColumnSet::of(Column::path, Column::path_raw, Column::size, Column::state), {.rows = 10});
  const PathText path = path_of(".");
  StatRow stat;
  Row row = row_of(path, "a");
  row.stat = &stat;
  for (int i = 0; i < 3; ++i) batch.append(row);
  const auto& layout = batch.finish();
  CHECK_EQ(layout.size(), 4U);
  CHECK(layout[0].column == Column::path && layout[0].validity == -1 && layout[0].data_bytes == 9);
  CHECK(layout[1].column == Column::path_raw && layout[1].validity >= 0 && layout[1].null_count == 3 && layout[1].data_bytes == 0);
  CHECK(layout[2].column == Column::size && layout[2].validity == -1 && layout[2].offsets == -1 && layout[2].data_bytes == 24);
  CHECK(layout[3].column == Column::state && layout[3].data_bytes == 3);
}

PWALK_TEST("a batch is full at its rows or at its bytes, whichever comes first") {
  const PathText path = path_of("/");
  BatchBuilder few(ColumnSet::of(Column::name), {.rows = 3});
  for (int i = 0; i < 3; ++i) {
    CHECK(!few.full());
    few.append(row_of(path, "n"));
  }
  CHECK(few.full());
  BatchBuilder small(ColumnSet::of(Column::path), {.rows = 1000, .bytes = 100});
  small.append(row_of(path, std::string(5000, 'x')));
  CHECK(small.full());
  CHECK_EQ(rows_of(small)[0].path.size(), 5001U);
}

PWALK_TEST("a full queue puts producers to sleep, one that is armed wakes its consumer once") {
  std::atomic<int> wakes{0};
  BatchPool pool(default_columns, {.rows = 10});
  BatchQueue queue(2, [&] { ++wakes; });
  BatchPtr got;
  CHECK(queue.poll(got) == BatchQueue::Poll::armed);
  queue.push(pool.take());
  CHECK_EQ(wakes.load(), 1);
  queue.push(pool.take());
  std::jthread producer([&] {
    queue.push(pool.take());
    queue.end();
  });
  while (queue.blocked() == 0) std::this_thread::yield();
  CHECK_EQ(queue.waiting(), 2U);
  for (int i = 0; i < 3; ++i) {
    while (queue.poll(got) != BatchQueue::Poll::batch) std::this_thread::yield();
    pool.give(std::move(got));
  }
  producer.join();
  CHECK(queue.poll(got) == BatchQueue::Poll::ended);
}

PWALK_TEST("cancelling a queue takes no memory") {
  BatchPool pool(default_columns, {.rows = 10});
  BatchQueue queue(4, [] {});
  queue.push(pool.take());
  queue.push(pool.take());
  const size_t before = allocations_here();
  queue.cancel();
  CHECK_EQ(allocations_here(), before);
}

PWALK_TEST("cancelling a queue wakes producers and ends the consumer") {
  std::atomic<int> wakes{0};
  BatchPool pool(default_columns, {.rows = 10});
  BatchQueue queue(1, [&] { ++wakes; });
  queue.push(pool.take());
  std::jthread producer([&] { queue.push(pool.take()); });
  while (queue.blocked() == 0) std::this_thread::yield();
  queue.cancel();
  producer.join();
  BatchPtr got;
  CHECK(queue.poll(got) == BatchQueue::Poll::ended);
  CHECK_EQ(wakes.load(), 0);
}
