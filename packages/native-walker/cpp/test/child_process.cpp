#include "child_process.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/listing.hpp"
#include "pool_child.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "watchdog_child.hpp"

extern char** environ;

namespace pwalk::test {
namespace {

void limit_descriptors(rlim_t count) {
  const rlimit limit{count, count};
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) std::abort();
}

// Everything is there although hardly a descriptor is.
void few_descriptors(const std::string& root, rlim_t limit, size_t threads) {
  const Scan whole = scan(root, 2);
  limit_descriptors(limit);
  const Scan limited = scan(root, threads);
  CHECK_EQ(limited.rows.size(), whole.rows.size());
  CHECK_EQ(limited.count(EntryState::ok), whole.rows.size());
}

// With two descriptors nothing below the root can be opened: rows say so, and the walk ends.
void no_descriptors(const std::string& root) {
  limit_descriptors(4);
  const Scan result = scan(root, 3);
  CHECK(result.count(EntryState::error) > 0);
  for (const ScannedRow& row : result.rows) {
    if (row.state == EntryState::error) CHECK(row.error == EMFILE && row.operation == Operation::open);
  }
}

void unprivileged(const std::string& root) {
  if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) std::abort();
  const Scan result = scan(root);
  const ScannedRow* locked = result.find(root + "/locked");
  CHECK(locked != nullptr && locked->state == EntryState::denied && locked->error == EACCES);
  if (locked != nullptr) CHECK(locked->operation == Operation::open && !locked->file_count && locked->inode);
  // Listable but not searchable: names without stats.
  const ScannedRow* hidden = result.find(root + "/listable/file");
  CHECK(hidden != nullptr && hidden->state == EntryState::denied && hidden->operation == Operation::stat);
  if (hidden != nullptr) CHECK(!hidden->inode && !hidden->size && hidden->type == EntryType::file);
  const ScannedRow* listable = result.find(root + "/listable");
  CHECK(listable != nullptr && listable->state == EntryState::ok && listable->file_count == 1U && listable->dir_sum == 0U);
}

// Reading a directory of one's own leaves its atime alone, also after one of somebody else was read.
void own_atime(const std::string& root) {
  constexpr timespec past[2] = {{1, 0}, {2, 0}};
  if (::chown((root + "/own").c_str(), 65534, 65534) != 0 || ::chown(root.c_str(), 0, 0) != 0) std::abort();
  if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) std::abort();
  CHECK_EQ(::utimensat(AT_FDCWD, (root + "/own").c_str(), past, 0), 0);
  const std::atomic<bool> stop{false};
  CHECK(read_listing(root, {}, {}, stop).usable());
  CHECK(read_listing(root + "/own", {}, {}, stop).usable());
  struct stat now {};
  CHECK_EQ(::stat((root + "/own").c_str(), &now), 0);
  CHECK_EQ(now.st_atim.tv_sec, 1);
}

}  // namespace

int run_child(const std::string& task, const std::string& root) {
  std::string program = "/proc/self/exe", flag = "--child", task_text = task, root_text = root;
  char* arguments[] = {program.data(), flag.data(), task_text.data(), root_text.data(), nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments, environ) != 0) return -1;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int child_main(const std::string& task, const std::string& root) {
  check::failed() = false;
  if (task == "descriptors-24") few_descriptors(root, 24, 4);
  if (task == "descriptors-8") few_descriptors(root, 8, 4);
  if (task == "descriptors-5") few_descriptors(root, 5, 3);
  if (task == "no-descriptors") no_descriptors(root);
  if (task == "unprivileged") unprivileged(root);
  if (task.starts_with("fault ")) scan_with_fault(task, root);
  if (task == "own-atime") own_atime(root);
  if (task == "hung-pool") walk_beside_what_hangs(root);
  if (task.starts_with("hang-") || task.starts_with("stop-")) scan_what_hangs(task, root);
  if (task == "wait") scan_what_waits(root);
  // Not exit(): a leak check needs descriptors and privileges this process gave away.
  std::fflush(nullptr);
  ::_exit(check::failed() ? 1 : 0);
}

}  // namespace pwalk::test
