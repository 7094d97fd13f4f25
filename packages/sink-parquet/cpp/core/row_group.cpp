#include "core/row_group.hpp"

#include <algorithm>

namespace pwalk::parquet {
namespace {

// Rows between two looks at the sizes, and so what a page of very long rows may go over its limit by.
constexpr std::uint32_t slice_rows = 4096;

}  // namespace

RowGroup::RowGroup(const EncoderOptions& options)
    : options_(options), compressor_(options.codec, options.level) {
  for (const ColumnSpec& spec : options.columns) chunks_.emplace_back(spec, options, compressor_, page_);
}

std::uint32_t RowGroup::append(const BatchView& batch, std::uint32_t from) {
  const auto room = static_cast<std::uint32_t>(options_.row_group_rows - rows_);
  const std::uint32_t count =
      std::min({batch.rows - from, room, options_.page_rows - page_rows_, slice_rows});
  std::size_t pending = 0;
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    chunks_[i].append(batch.columns[i], from, count);
    pending += chunks_[i].pending_bytes();
  }
  rows_ += count;
  page_rows_ += count;
  if (page_rows_ >= options_.page_rows || pending >= options_.page_bytes) finish_pages();
  return count;
}

bool RowGroup::full() const noexcept {
  return rows_ >= options_.row_group_rows || encoded_bytes_ >= options_.row_group_bytes;
}

void RowGroup::finish_pages() {
  encoded_bytes_ = 0;
  for (ColumnChunk& chunk : chunks_) {
    chunk.finish_page();
    encoded_bytes_ += chunk.encoded_bytes();
  }
  page_rows_ = 0;
}

void RowGroup::finish() {
  for (ColumnChunk& chunk : chunks_) chunk.finish();
}

void RowGroup::clear() {
  for (ColumnChunk& chunk : chunks_) chunk.clear();
  rows_ = page_rows_ = 0;
  encoded_bytes_ = 0;
}

}  // namespace pwalk::parquet
