#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "core/vocabulary.hpp"

namespace pwalk {

// What became of everything read. Each worker has one of its own; they are summed when batches are
// handed over and when workers end. Closed: read = rows + vanished + excluded once a walk ran to its
// end (a cancelled one leaves entries it read and did not get to).
struct Accounting {
  uint64_t read = 0;
  uint64_t rows = 0;
  uint64_t vanished = 0;
  uint64_t excluded = 0;
  std::array<uint64_t, entry_type_count> types{};
  std::array<uint64_t, entry_state_count> states{};
  uint64_t bytes = 0;  // apparent bytes of everything but directories; stays at 2^64-1 when it gets there
  uint64_t clamped_times = 0;
  uint64_t violations = 0;  // directories whose entries were not all accounted for: a bug in the walker

  void add_bytes(uint64_t more) {
    const uint64_t sum = bytes + more;
    bytes = sum < bytes ? std::numeric_limits<uint64_t>::max() : sum;
  }

  Accounting& operator+=(const Accounting& other) {
    read += other.read;
    rows += other.rows;
    vanished += other.vanished;
    excluded += other.excluded;
    for (size_t i = 0; i < types.size(); ++i) types[i] += other.types[i];
    for (size_t i = 0; i < states.size(); ++i) states[i] += other.states[i];
    add_bytes(other.bytes);
    clamped_times += other.clamped_times;
    violations += other.violations;
    return *this;
  }
};

}  // namespace pwalk
