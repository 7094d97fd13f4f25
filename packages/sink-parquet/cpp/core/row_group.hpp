#pragma once

#include <cstdint>
#include <deque>

#include "core/batch_view.hpp"
#include "core/column_chunk.hpp"
#include "core/compressor.hpp"

namespace pwalk::parquet {

// The row group that one thread is filling. Batches may have any number of rows: pages and row
// groups are cut where the options say, across batches.
// `options` must outlive it.
class RowGroup {
 public:
  explicit RowGroup(const EncoderOptions& options);
  RowGroup(const RowGroup&) = delete;
  RowGroup& operator=(const RowGroup&) = delete;

  // Takes rows from row `from` on, a slice at a time, and returns how many. The batch must be sound.
  std::uint32_t append(const BatchView& batch, std::uint32_t from);
  bool full() const noexcept;
  bool empty() const noexcept { return rows_ == 0; }
  std::uint64_t rows() const noexcept { return rows_; }

  // Ends every column's chunk; then they can be written.
  void finish();
  void clear();
  const std::deque<ColumnChunk>& chunks() const noexcept { return chunks_; }

 private:
  void finish_pages();

  const EncoderOptions& options_;
  Compressor compressor_;
  ByteBuffer page_;  // put together, not compressed yet
  std::deque<ColumnChunk> chunks_;  // a deque, because chunks stay where they are made
  std::uint64_t rows_ = 0;
  std::uint32_t page_rows_ = 0;
  std::size_t encoded_bytes_ = 0;
};

}  // namespace pwalk::parquet
