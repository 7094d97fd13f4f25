// Scans under limits that a test process cannot put on itself: this program again, as a child.
#pragma once

#include <string>

namespace pwalk::test {

// Runs a task on a tree in a child of its own; its exit status, 0 for success.
int run_child(const std::string& task, const std::string& root);

// The task of a child some of whose calls fail: "fault CALL ERRNO OUTCOME", as fault_test.cpp says.
void scan_with_fault(const std::string& task, const std::string& root);

// The tasks, in the child. Ends the process.
[[noreturn]] int child_main(const std::string& task, const std::string& root);

}  // namespace pwalk::test
