#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pwalk::test {

// Which calls of a command fail, and how.
struct Fault {
  std::string call;     // openat, getdents64, statx, newfstatat, fstat, sync (and fdatasync), rename, remove or write
  int error;            // 0: the command is killed when it makes the call
  std::string name;     // last component of the path the call is about, a glob; empty: any
  unsigned first = 1;   // of the calls about it: the first that fails,
  unsigned every = 1;   // and each so many after it; 0: no other
};

// Runs a command as a child, answers some of its system calls with an errno, and lets the rest
// happen. Returns the command's exit status, 128 and more for a signal, or -1 when it cannot be run.
//
// How: the child asks the kernel (seccomp, user notification) to stop it at these calls and tell us.
// Nothing of the command is replaced, static programs and raw system calls are caught as well, and
// calls are counted over all threads, in the order the kernel reports them.
int run_with_fault(const Fault& fault, const std::vector<std::string>& command);

}  // namespace pwalk::test
