#include "child_process.hpp"
#include "core/mount_info.hpp"
#include "pwalk/check.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;

namespace {

void check_hanging(const ScratchTree& tree) {
  for (const char* task : {"hang-1", "hang-2", "hang-6", "stop-1", "stop-3"}) CHECK_EQ(run_child(task, tree.path()), 0);
}

}  // namespace

PWALK_TEST("a stat that never returns costs its row and what is left of its mount, and loses nothing else") {
  const ScratchTree tree;
  tree.directory("a");
  tree.directory("b");
  for (size_t i = 0; i < 100; ++i) tree.file(numbered("a/file-", i));
  for (size_t i = 0; i < 100; ++i) tree.file(numbered("b/file-", i));
  tree.file("b/stuck");
  check_hanging(tree);
}

PWALK_TEST("so does a directory that cannot be opened or listed") {
  const ScratchTree tree;
  tree.wide(5, 20);
  tree.directory("stuck");
  tree.file("stuck/unseen");
  check_hanging(tree);
}

PWALK_TEST("the mount table says what a path is on, whatever hangs") {
  const auto root = mount_of_path("/");
  CHECK(root && root->point == "/" && !root->type.empty());
  const auto proc = mount_of_path("/proc/self/status");
  CHECK(proc && proc->point == "/proc" && proc->type == "proc");
  CHECK(mount_of_path("/procession")->point == "/");
  CHECK(proc && mount_of_id(proc->id)->point == "/proc");
  CHECK(!mount_of_id(~uint64_t{0}));
}
