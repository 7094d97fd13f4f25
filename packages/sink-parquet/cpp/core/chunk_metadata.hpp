#pragma once

#include <cstdint>

#include "core/byte_buffer.hpp"
#include "core/column_chunk.hpp"

namespace pwalk::parquet {

// What the footer and the page index say of a finished chunk whose first page is at `start`.
// Source: parquet.thrift, "ColumnMetaData", "Statistics", "ColumnIndex", "OffsetIndex".
void append_column_metadata(const ColumnSpec& spec, Codec codec, const ColumnChunk& chunk,
                            std::uint64_t start, ByteBuffer& out);
// Appends nothing when a page with values has no bounds: such a chunk has no column index.
void append_column_index(const ColumnChunk& chunk, ByteBuffer& out);
void append_offset_index(const ColumnChunk& chunk, std::uint64_t start, ByteBuffer& out);

}  // namespace pwalk::parquet
