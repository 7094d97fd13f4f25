#pragma once

#include <string>

namespace pwalk::test {

// In a child: scans a tree while what is called "stuck" hangs, gives up on it, and lets it return late.
// `task` is "hang-N" for N threads, or "stop-N" to stop the walk when something hangs.
void scan_what_hangs(const std::string& task, const std::string& root);

// In a child: scans a tree in which eight files "stuck" do not answer for a while, with a thread and up to
// eight where calls are slow.
void scan_what_waits(const std::string& root);

}  // namespace pwalk::test
