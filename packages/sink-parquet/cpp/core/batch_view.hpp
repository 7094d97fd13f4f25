#pragma once

#include <cstdint>
#include <vector>

#include "core/schema.hpp"
#include "pwalk/column_view.hpp"

namespace pwalk::parquet {

// The columns stay as they are until the batch is reported done.
struct BatchView {
  std::uint32_t rows = 0;
  std::vector<ColumnView> columns;
};

// True when every access the encoder is going to make lies inside the memory it was given: buffers
// are long enough, offsets ascend and end inside `bytes`, codes have words.
bool is_sound(const BatchView& batch, const std::vector<ColumnSpec>& columns) noexcept;

}  // namespace pwalk::parquet
