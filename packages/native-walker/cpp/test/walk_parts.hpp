// Walks that are stopped and gone on with, and whether their parts are the whole.
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

namespace pwalk::test {

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

// The rows as texts, sorted; which thread came first decides nothing of them.
std::vector<std::string> texts_of(const std::vector<ScannedRow>& rows);

// The parts hold each row of the whole once, and each directory's rows are in one part.
void check_union(const std::vector<Part>& parts, const Scan& whole);

// Every column, small batches, and chunks of 16 entries.
WalkOptions options_for(const std::string& root, size_t threads);

// `levels` of directories, each with `width` of the next and three files.
void grow(const ScratchTree& tree, const std::string& at, int levels, int width);

}  // namespace pwalk::test
