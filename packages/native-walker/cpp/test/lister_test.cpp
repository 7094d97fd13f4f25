#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child_process.hpp"
#include "core/cached_look.hpp"
#include "core/listing_loop.hpp"
#include "lister_caller.hpp"
#include "pwalk/check.hpp"
#include "pwalk/unique_fd.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using pwalk::test::Caller;
using pwalk::test::options_for;
using pwalk::test::ScratchTree;
using Step = Lister::Step;
using Wait = Lister::Wait;

namespace {

// Until a change of the directory now would get another ctime than what it has.
void settle(const std::string& path) {
  struct stat got {};
  test::expect(::stat(path.c_str(), &got) == 0, "stat");
  timespec now{};
  do {
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  } while (!is_settled(DirectoryStamp::of(got), now, TimesTrust::local));
}

std::string in_order(std::string names) {
  std::vector<std::string> parts;
  while (!names.empty()) {
    const size_t end = names.find('/') + 1;
    parts.push_back(names.substr(0, end));
    names.erase(0, end);
  }
  std::sort(parts.begin(), parts.end());
  std::string sorted;
  for (const std::string& part : parts) sorted += part;
  return sorted;
}

}  // namespace

PWALK_TEST("a listing has directories first, each name followed by a slash, and links where they lead") {
  const ScratchTree tree;
  tree.directory("d");
  tree.file("f");
  tree.symlink("d", "to-d");
  tree.symlink("nowhere", "to-nothing");
  for (const size_t window : {0U, 100U}) {
    Caller caller(options_for(tree.path(), window));
    CHECK(caller.visit(0) == Step::listed);
    const Listing& listing = caller.lister->current();
    CHECK_EQ(in_order(listing.names.substr(0, listing.directories_size)), "d/to-d/");
    CHECK_EQ(in_order(listing.names.substr(listing.directories_size)), "f/to-nothing/");
    CHECK_EQ(listing.linked_directories.size(), 1U);
    CHECK_EQ(listing.directory_count, 2U);
    CHECK_EQ(listing.entry_count, 4U);
  }
}

PWALK_TEST("no more directories are read ahead than the window holds, and none of what the caller left") {
  const ScratchTree tree;
  tree.wide(40, 3);
  Caller caller(options_for(tree.path(), 7));
  CHECK(caller.visit(0) == Step::listed);
  const std::string names = caller.names();
  CHECK_EQ(caller.at_rest().ahead, 7U);
  // One is taken out, another is read in its place.
  CHECK(caller.visit(1, names.substr(0, names.find('/'))) == Step::listed);
  CHECK(caller.at_rest().ahead <= 7U);
  CHECK(caller.visit(0) == Step::listed);  // leaves all below
  CHECK_EQ(caller.at_rest().ahead, 7U);
}

PWALK_TEST("the window is bounded in bytes, and a directory larger than it is listed when it is entered") {
  const ScratchTree tree;
  tree.wide(20, 200);
  ListerOptions options = options_for(tree.path(), 1000);
  options.window_bytes = 500;
  Caller caller(options);
  CHECK(caller.visit(0) == Step::listed);
  const std::string names = caller.names();
  CHECK(caller.at_rest().ahead <= 3U);
  CHECK(caller.visit(1, names.substr(0, names.find('/'))) == Step::listed);
  CHECK_EQ(caller.lister->current().entry_count, 200U);
}

PWALK_TEST("a directory changed after it was read ahead is read again when it is entered") {
  const ScratchTree tree;
  tree.directory("d");
  tree.file("d/before");
  settle(tree / "d");
  Caller caller(options_for(tree.path(), 10));
  CHECK(caller.visit(0) == Step::listed);
  CHECK_EQ(caller.at_rest().ahead, 1U);
  tree.file("d/after");
  CHECK(caller.visit(1, "d") == Step::listed);
  CHECK_EQ(in_order(caller.names()), "after/before/");
}

PWALK_TEST("a directory replaced by a link after it was read ahead is entered only where links are") {
  for (const bool enter_links : {false, true}) {
    const ScratchTree tree;
    tree.directory("d");
    tree.directory("other");
    tree.file("other/elsewhere");
    settle(tree / "d");
    ListerOptions options = options_for(tree.path(), 10);
    options.enter_links = enter_links;
    Caller caller(options);
    CHECK(caller.visit(0) == Step::listed);
    CHECK_EQ(caller.at_rest().ahead, 2U);
    CHECK_EQ(::rename((tree / "d").c_str(), (tree / "gone").c_str()), 0);
    tree.symlink("other", "d");
    CHECK(caller.visit(1, "d") == (enter_links ? Step::listed : Step::is_link));
    if (enter_links) CHECK_EQ(caller.names(), "elsewhere/");
  }
}

PWALK_TEST("a removed directory fails when it is entered, not before") {
  const ScratchTree tree;
  tree.directory("d");
  settle(tree / "d");
  Caller caller(options_for(tree.path(), 10));
  CHECK(caller.visit(0) == Step::listed);
  CHECK_EQ(caller.at_rest().ahead, 1U);
  CHECK_EQ(::rmdir((tree / "d").c_str()), 0);
  CHECK(caller.visit(1, "d") == Step::failed);
  CHECK_EQ(caller.lister->current().error, ENOENT);
}

PWALK_TEST("a directory that had to be read again keeps what is read ahead in it") {
  const ScratchTree tree;
  tree.directory("d");
  tree.directory("d/a");
  settle(tree / "d");
  Caller caller(options_for(tree.path(), 10));
  CHECK(caller.visit(0) == Step::listed);
  CHECK_EQ(caller.at_rest().ahead, 2U);
  tree.directory("d/b");
  tree.directory("d/c");
  CHECK(caller.visit(1, "d") == Step::listed);
  CHECK_EQ(caller.at_rest().ahead, 3U);
  const std::string names = caller.names();
  CHECK(caller.visit(2, names.substr(0, names.find('/'))) == Step::listed);
  CHECK_EQ(caller.at_rest().ahead, 2U);
}

PWALK_TEST("a directory with links is delivered without a wait where the kernel knows where they lead") {
  const ScratchTree tree;
  tree.directory("d");
  tree.directory("d/real");
  tree.file("d/file");
  tree.symlink("real", "d/to-real");
  tree.symlink("file", "d/to-file");
  tree.symlink("nowhere", "d/to-nothing");
  tree.directory("e");
  tree.symlink("/proc", "e/to-proc");
  settle(tree / "d");
  settle(tree / "e");
  // Followed once: the first time a link's atime is written, which may have to wait.
  struct stat top {};
  for (const char* link : {"d/to-real", "d/to-file", "d/to-nothing", "e/to-proc"}) ::stat((tree / link).c_str(), &top);
  CHECK_EQ(::stat(tree.path().c_str(), &top), 0);
  const UniqueFd fd(::open(tree.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (times_trust(fd.get()) != TimesTrust::local || look_cached(tree / "d/to-real", top.st_dev) == Leads::unknown) {
    std::fprintf(stderr, "  no cached looks here: not tested\n");
    return;
  }
  Caller caller(options_for(tree.path(), 10));
  CHECK(caller.visit(0) == Step::listed);
  caller.at_rest();
  CHECK(caller.lister->visit(1, "d", Wait::never) == Step::listed);
  const Listing& listing = caller.lister->current();
  CHECK_EQ(in_order(listing.names.substr(0, listing.directories_size)), "real/to-real/");
  CHECK_EQ(in_order(listing.names.substr(listing.directories_size)), "file/to-file/to-nothing/");
  CHECK_EQ(listing.linked_directories.size(), 1U);
  // What is on another file system may take its time.
  CHECK(look_cached(tree / "e/to-proc", top.st_dev) == Leads::unknown);
  CHECK(caller.visit(1, "e") == Step::listed);
  CHECK_EQ(caller.names(), "to-proc/");
  CHECK_EQ(caller.lister->current().directory_count, 1U);
  CHECK_EQ(caller.at_rest().ahead, 0U);
}

PWALK_TEST("what a changed order leaves out is dropped, and the rest is found in it") {
  const ScratchTree tree;
  tree.wide(10, 1);
  Caller caller(options_for(tree.path(), 100));
  CHECK(caller.visit(0) == Step::listed);
  CHECK_EQ(caller.at_rest().ahead, 10U);
  caller.lister->replan(0, {"dir9", "not-there", "dir3"});
  CHECK_EQ(caller.at_rest().ahead, 2U);
  CHECK(caller.visit(1, "dir9") == Step::listed);
  CHECK(caller.visit(1, "not-there") == Step::failed);
  CHECK(caller.visit(1, "dir3") == Step::listed);
  CHECK_EQ(caller.at_rest().ahead, 0U);
}

PWALK_TEST("a chain longer than PATH_MAX is listed to its end, ahead and not, waiting and not") {
  const ScratchTree tree;
  constexpr size_t levels = 3000;
  tree.chain(levels);
  for (const size_t window : {0U, 10'000U}) {
    for (const Wait wait : {Wait::never, Wait::block}) {
      Caller caller(options_for(tree.path(), window));
      for (size_t depth = 0; depth <= levels; ++depth) {
        const Step step = wait == Wait::block ? caller.lister->visit(depth, "d", wait) : caller.visit(depth, "d");
        if (step != Step::listed || caller.names() != (depth == levels ? "" : "d/")) {
          CHECK_EQ(depth, levels + 1);
          break;
        }
      }
    }
  }
}

PWALK_TEST("many callers at once share the pool; each may be cancelled at any moment") {
  const ScratchTree tree;
  tree.wide(30, 5);
  std::vector<std::jthread> callers;
  std::atomic<size_t> listed{0};
  for (size_t number = 0; number < 20; ++number) {
    callers.emplace_back([&, number] {
      for (int round = 0; round < 5; ++round) {
        Caller caller(options_for(tree.path(), 1 + number, 1 + number % 3));
        if (caller.visit(0) != Step::listed) return;
        const std::string names = caller.names();
        std::string_view left(names);
        for (size_t visits = number; visits > 0 && !left.empty(); --visits) {
          const size_t end = left.find('/');
          if (caller.visit(1, left.substr(0, end)) == Step::listed) ++listed;
          left.remove_prefix(end + 1);
        }
      }
    });
  }
  callers.clear();
  CHECK_EQ(listed.load(), size_t{5 * 19 * 20 / 2});
}

PWALK_TEST("cancelling wakes who waits and answers closed") {
  const ScratchTree tree;
  tree.wide(5, 5);
  Caller caller(options_for(tree.path(), 3));
  Step step = caller.lister->visit(0, "", Wait::never);
  caller.lister->cancel();
  if (step == Step::pending) CHECK(caller.lister->resume() == Step::closed);
  CHECK(caller.lister->visit(0, "", Wait::block) == Step::closed);
  CHECK(caller.lister->wait_ended(std::chrono::steady_clock::now() + std::chrono::seconds(60)));
  CHECK_EQ(caller.lister->progress().ahead, 0U);
}

PWALK_TEST("a listing that goes round is noticed, however long the way into the circle and around it; no other is") {
  // One entry is a block here: a record, its offset, and its name.
  const auto block = [](uint64_t number) {
    std::vector<std::byte> bytes(32);
    const std::string name = std::to_string(number);
    const auto size = static_cast<decltype(dirent64::d_reclen)>(bytes.size());
    // Offsets alone do not tell: there are file systems that give none.
    std::memcpy(bytes.data() + offsetof(dirent64, d_reclen), &size, sizeof size);
    std::memcpy(bytes.data() + offsetof(dirent64, d_name), name.c_str(), name.size() + 1);
    return bytes;
  };
  for (const uint64_t way : {0U, 1U, 5U, 1000U}) {
    for (const uint64_t around : {1U, 2U, 7U, 1000U}) {
      ListingLoop loop;
      uint64_t read = 0;
      while (!loop.closes_with(block(read < way ? read : way + (read - way) % around)) && read < 10'000) ++read;
      CHECK(read >= way + around && read <= 3 * (way + around));
    }
  }
  ListingLoop loop;
  bool closed = false;
  for (uint64_t read = 0; read < 10'000; ++read) closed = closed || loop.closes_with(block(read));
  CHECK(!closed);
}

PWALK_TEST("a directory that hangs holds up its own walk alone, and not even that once it is cancelled") {
  const ScratchTree tree;
  tree.directory("stuck");
  tree.directory("other");
  tree.directory("other/stuck");
  tree.directory("other/below");
  tree.directory("other/below/stuck");
  CHECK_EQ(test::run_child("hung-pool", tree.path()), 0);
}

PWALK_TEST("no directory's atime changes where the user may say so, whoever owns those read before") {
  if (::geteuid() != 0) return;
  const ScratchTree tree;
  tree.directory("own");
  tree.file("own/file");
  CHECK_EQ(test::run_child("own-atime", tree.path()), 0);
}
