#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "core/tree_root.hpp"

namespace pwalk::repair {

enum class Task : uint8_t { inspect, change };

// Works on every record of `bytes` with up to `threads` threads of its own and returns when they have
// ended; the threads that change things have given up every capability but those they need. A job that
// is stopped ends after the entries under way: the rest stay `pending`. Returns false when the bytes
// are not records.
bool run_job(const TreeRoot& root, Task task, std::span<uint8_t> bytes, unsigned threads,
             const std::atomic<bool>& stopped);

}  // namespace pwalk::repair
