#pragma once

#include <cstddef>
#include <cstdint>

namespace pwalk::csv {

// What part of a batch went into a chunk.
struct Encoded {
  std::uint32_t next = 0;     // the row that did not fit, or the number of rows
  std::uint32_t printed = 0;  // rows in the chunk; some formats have none for some entries
  std::uint32_t altered = 0;  // rows whose path the format cannot hold whole
  std::size_t bytes = 0;
};

}  // namespace pwalk::csv
