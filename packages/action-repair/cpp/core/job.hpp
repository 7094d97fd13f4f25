#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "core/inheritance.hpp"
#include "core/tree_root.hpp"

namespace pwalk::repair {

// Work on every record of some bytes, with up to `threads` threads of its own that have ended when the
// work is done. A job that is stopped ends after the entries under way: the rest stay `pending`. What it
// refers to must outlive it.
struct Job {
  const TreeRoot& root;
  std::span<uint8_t> bytes;
  unsigned threads;
  const std::atomic<bool>& stopped;

  // Both return false when the bytes are not records.
  bool inspect_all(const Inheritance& inheritance) const;
  // Its threads have given up every capability but those they need.
  bool change_all() const;
};

}  // namespace pwalk::repair
