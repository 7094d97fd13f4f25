#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/bitmap.hpp"
#include "core/bounds.hpp"
#include "core/compressor.hpp"
#include "core/value_encoder.hpp"

namespace pwalk::parquet {

// What the page index says of a data page.
struct PageInfo {
  std::uint64_t offset = 0;  // from the first data page of the chunk
  std::uint32_t size = 0;    // header included
  std::uint64_t first_row = 0;
  std::uint64_t rows = 0;
  std::uint64_t nulls = 0;
  std::optional<Bounds> bounds;
};

// One column of the row group that is being filled: its finished pages, compressed, and the page in
// the making. Its owner ends pages and row groups, so that they end for all columns at once.
//
// Source: README.md, "Data Pages"; parquet.thrift, "PageHeader" (data page v1).
// `spec`, `options`, `compressor` and `scratch`, in which each page is put together, must outlive it. Chunks of
// one row group share the latter two: one of them ends a page at a time.
class ColumnChunk {
 public:
  ColumnChunk(const ColumnSpec& spec, const EncoderOptions& options, Compressor& compressor, ByteBuffer& scratch);

  void append(const ColumnView& column, std::size_t from, std::size_t count);
  // Ends the page in the making, if it has rows.
  void finish_page();
  // Ends the chunk: writes the dictionary page, which precedes the data pages in the file.
  void finish();
  // Forgets the row group; keeps the memory.
  void clear();

  std::size_t pending_bytes() const noexcept { return values_->pending_bytes(); }
  std::size_t encoded_bytes() const noexcept { return data_pages_.size(); }

  // Valid from `finish` to `clear`.
  const ByteBuffer& dictionary_page() const noexcept { return dictionary_page_; }
  const ByteBuffer& data_pages() const noexcept { return data_pages_; }
  const std::vector<PageInfo>& pages() const noexcept { return pages_; }
  const std::set<Encoding>& encodings() const noexcept { return encodings_; }
  std::optional<Bounds> bounds() const { return in_file(values_->group_bounds()); }
  std::uint64_t rows() const noexcept { return rows_; }
  std::uint64_t nulls() const noexcept { return nulls_; }
  // Before compression, headers included.
  std::uint64_t uncompressed_bytes() const noexcept { return uncompressed_bytes_; }

 private:
  void append_levels();
  std::optional<Bounds> in_file(std::optional<Bounds> bounds) const;
  std::uint32_t write_page(PageType type, Encoding encoding, std::uint64_t values, ByteBuffer& to);

  const ColumnSpec& spec_;
  Compressor& compressor_;
  ByteBuffer& page_;
  std::unique_ptr<ValueEncoder> values_;
  // Definition levels of the page in the making: a bit per row, 1 where there is a value. Stays
  // empty in columns that are not nullable.
  Bitmap levels_;
  std::uint64_t page_rows_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t nulls_ = 0;
  ByteBuffer data_pages_;
  ByteBuffer dictionary_page_;
  std::vector<PageInfo> pages_;
  std::set<Encoding> encodings_;
  std::uint64_t uncompressed_bytes_ = 0;
};

}  // namespace pwalk::parquet
