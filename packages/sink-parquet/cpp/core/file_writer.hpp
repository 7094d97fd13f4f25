#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/byte_buffer.hpp"
#include "core/output.hpp"
#include "core/row_group.hpp"
#include "core/schema.hpp"

namespace pwalk::parquet {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// Writes the file: magic, row groups, page index, footer.
// Source: README.md, "File format"; PageIndex.md; parquet.thrift, "FileMetaData".
//
// What the footer and the page index will say of a row group is kept in its final encoding: about
// 11 KB per row group of 24 columns, the only thing that grows with the file.
// One thread at a time; `options` and `output` must outlive it. Every method returns 0 or an errno,
// and after an error nothing more may be written.
class FileWriter {
 public:
  FileWriter(const EncoderOptions& options, Output& output) : options_(options), output_(output) {}

  int append(const RowGroup& group);
  int finish(const Metadata& metadata);
  std::uint64_t rows() const noexcept { return rows_; }

 private:
  // Of one column chunk.
  struct ChunkRecord {
    std::uint64_t start = 0;
    std::string metadata;      // ColumnMetaData
    std::string column_index;  // ColumnIndex; empty when a page has no bounds that can be told
    std::string offset_index;  // OffsetIndex
    // Where the page index was written.
    std::uint64_t column_index_at = 0;
    std::uint64_t offset_index_at = 0;
  };
  struct GroupRecord {
    std::vector<ChunkRecord> chunks;
    std::uint64_t rows = 0;
    std::uint64_t uncompressed_bytes = 0;
    std::uint64_t compressed_bytes = 0;
  };

  int write_magic();
  int write_page_index();
  ChunkRecord record(const ColumnSpec& spec, const ColumnChunk& chunk, std::uint64_t start) const;
  void append_footer(const Metadata& metadata, ByteBuffer& out) const;

  const EncoderOptions& options_;
  Output& output_;
  std::vector<GroupRecord> groups_;
  std::uint64_t rows_ = 0;
};

}  // namespace pwalk::parquet
