#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <string>

#include <sys/stat.h>

#include "child_process.hpp"
#include "core/errno_policy.hpp"
#include "faults/fault.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;

namespace {

// What comes of an entry one of whose calls always fails, and of one that fails once.
struct Case {
  int error;
  // v: vanished; e: an empty directory; r: a row with the errno; R: the same, but whole when it failed
  // only once; d: a row with the errno, and the mount is left alone.
  char stat, open, read, fstat;
};

constexpr Case cases[] = {
    {ENOENT, 'v', 'v', 'e', 'v'},        {ENOTDIR, 'v', 'R', 'r', 'R'},     {ELOOP, 'r', 'R', 'r', 'R'},
    {EACCES, 'r', 'r', 'r', 'r'},        {EPERM, 'r', 'R', 'r', 'r'},       {ESTALE, 'R', 'R', 'R', 'R'},
    {EINTR, 'R', 'R', 'R', 'R'},         {EAGAIN, 'R', 'R', 'R', 'R'},      {EIO, 'R', 'R', 'R', 'R'},
    {EREMOTEIO, 'R', 'R', 'R', 'R'},     {EUCLEAN, 'R', 'R', 'R', 'R'},     {EBADMSG, 'R', 'R', 'R', 'R'},
    {ETIMEDOUT, 'd', 'd', 'd', 'd'},     {ENOTCONN, 'd', 'd', 'd', 'd'},    {ESHUTDOWN, 'd', 'd', 'd', 'd'},
    {EHOSTDOWN, 'd', 'd', 'd', 'd'},     {EHOSTUNREACH, 'd', 'd', 'd', 'd'}, {ENODEV, 'd', 'd', 'd', 'd'},
    {ENOMEM, 'R', 'R', 'R', 'R'},        {EMFILE, 'r', 'R', 'r', 'R'},      {ENFILE, 'r', 'R', 'r', 'R'},
    {ENAMETOOLONG, 'r', 'r', 'r', 'r'},  {EOVERFLOW, 'r', 'r', 'r', 'r'},   {ENXIO, 'r', 'r', 'r', 'r'},
};

// The directory "victim" is what openat, getdents64 and fstat fail for, the file "inner" in it what statx does.
void build(const ScratchTree& tree) {
  for (const char* name : {"a", "victim", "victim/sub", "z"}) tree.directory(name);
  for (const char* name : {"a/f", "victim/inner", "victim/sub/x", "z/f", "g"}) tree.file(name, 3);
}
constexpr size_t whole = 10;   // rows of the tree
constexpr size_t inside = 3;   // of them below "victim"

void check_equals_lstat(const ScannedRow& row) {
  struct stat now{};
  CHECK_EQ(::lstat(row.path.c_str(), &now), 0);
  CHECK(row.inode == now.st_ino && row.size == static_cast<uint64_t>(now.st_size));
}

// In the process some of whose calls fail. `outcome` is a letter as above, or w: whole.
void scan_and_check(const std::string& root, const std::string& call, int error, char outcome) {
  WalkOptions options;
  options.roots = {root};
  options.threads = 2;
  options.columns = all_columns;
  Consumer consumer(options);
  Scan result;
  while (BatchPtr batch = consumer.next()) {
    for (ScannedRow& row : rows_of(*batch)) result.rows.push_back(std::move(row));
  }
  CHECK(consumer.ended() && !consumer.walk().failure());
  const Accounting books = consumer.walk().accounting();
  const WalkNotes::Contents notes = consumer.walk().notes();
  CHECK_EQ(books.read, books.rows + books.vanished + books.excluded);
  CHECK_EQ(books.violations, 0U);

  const bool of_file = call == "statx", of_listing = call == "getdents64";
  const std::string victim = root + (of_file ? "/victim/inner" : "/victim");
  const ScannedRow* row = result.find(victim);
  const bool has_row = outcome == 'r' || outcome == 'R' || outcome == 'd';
  // ESTALE of a listing is tried by opening anew, so that is what fails at last.
  const bool broke_off = of_listing && error != ESTALE;
  for (const ScannedRow& one : result.rows) {
    if (&one == row && has_row) continue;
    if (one.state == EntryState::degraded && outcome == 'd') continue;
    CHECK(one.state == EntryState::ok && !one.error);
    check_equals_lstat(one);
  }
  if (has_row) {
    const EntryState denied = error == EACCES || error == EPERM ? EntryState::denied : EntryState::error;
    CHECK(row != nullptr && row->state == (broke_off ? EntryState::incomplete : denied) && row->error == error);
    if (row != nullptr) CHECK(row->operation == (of_file ? Operation::stat : broke_off ? Operation::read : Operation::open));
    if (row != nullptr) CHECK_EQ(row->inode.has_value(), !of_file);
  }
  if (outcome == 'v') CHECK(row == nullptr);
  if (outcome == 'e') CHECK(row != nullptr && row->file_count == 0U);
  const bool without_inside = outcome != 'w' && !of_file;
  const size_t rows = whole - (without_inside ? inside : 0) - (outcome == 'v');
  // What else there was on the mount may not have been entered any more.
  CHECK(outcome == 'd' ? result.rows.size() <= rows : result.rows.size() == rows);
  CHECK_EQ(books.vanished, outcome == 'v' ? 1U : 0U);
  CHECK_EQ(notes.degraded.size(), outcome == 'd' ? 1U : 0U);
  const bool unexpected = has_row && (error == ENAMETOOLONG || error == EOVERFLOW);
  CHECK_EQ(notes.unexpected_errors, unexpected ? 1U : 0U);
}

void check_case(const ScratchTree& tree, const char* call, int error, char outcome) {
  const std::string name = std::string_view(call) == "statx" ? "inner" : "victim";
  for (const bool always : {true, false}) {
    const char expected = !always && outcome == 'R' ? 'w' : outcome;
    const std::string task = "fault " + std::string(call) + " " + std::to_string(error) + " " + expected;
    const int status = run_with_fault({.call = call, .error = error, .name = name, .every = always ? 1U : 0U},
                                      {"/proc/self/exe", "--child", task, tree.path()});
    if (status != 0) std::fprintf(stderr, "%s: %s, %s: status %d\n", call, ::strerror(error), always ? "always" : "once", status);
    CHECK_EQ(status, 0);
  }
}

}  // namespace

void pwalk::test::scan_with_fault(const std::string& task, const std::string& root) {
  std::istringstream words(task);
  std::string fault, call;
  int error = 0;
  char outcome = 0;
  words >> fault >> call >> error >> outcome;
  scan_and_check(root, call, error, outcome);
}

PWALK_TEST("the tests know every errno the policy does") {
  for (const ErrnoRule& rule : errno_rules) {
    CHECK(std::ranges::find(cases, rule.error, &Case::error) != std::end(cases));
  }
}

PWALK_TEST("H02: statx: each errno becomes what the policy says, and no other row changes") {
  const ScratchTree tree;
  build(tree);
  for (const Case& one : cases) check_case(tree, "statx", one.error, one.stat);
}

PWALK_TEST("H02: openat: each errno becomes what the policy says, and no other row changes") {
  const ScratchTree tree;
  build(tree);
  for (const Case& one : cases) check_case(tree, "openat", one.error, one.open);
}

PWALK_TEST("H02: getdents64: each errno becomes what the policy says, and no other row changes") {
  const ScratchTree tree;
  build(tree);
  for (const Case& one : cases) check_case(tree, "getdents64", one.error, one.read);
}

PWALK_TEST("H02: fstat: each errno becomes what the policy says, and no other row changes") {
  const ScratchTree tree;
  build(tree);
  for (const Case& one : cases) check_case(tree, "fstat", one.error, one.fstat);
}
