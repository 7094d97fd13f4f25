#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "core/inheritance.hpp"
#include "core/nominee.hpp"
#include "core/tree_root.hpp"

namespace pwalk::repair {

// Work on many entries by up to `threads` threads, which have ended when the work is done. A job that is
// stopped ends after the records or nominees under way: the rest stay `pending`. What it refers to must outlive it.
struct Job {
  const TreeRoot& root;
  unsigned threads;
  const std::atomic<bool>& stopped;

  // The calling thread is one of those that work. False when the nominees are not whole.
  bool inspect_all(const Nominees& nominees, const Inheritance& inheritance) const;
  // In threads of its own, which have given up every capability but those they need. False when the
  // bytes are not records.
  bool change_all(std::span<uint8_t> records) const;
};

}  // namespace pwalk::repair
