#include "core/file_writer.hpp"

#include "core/chunk_metadata.hpp"
#include "core/schema_element.hpp"
#include "core/thrift_writer.hpp"

namespace pwalk::parquet {
namespace {

constexpr std::string_view magic = "PAR1";
// The version of the format whose encodings and logical types are used.
constexpr std::int32_t format_version = 2;

std::string take(ByteBuffer& buffer) {
  std::string bytes{buffer.view()};
  buffer.clear();
  return bytes;
}

}  // namespace

int FileWriter::write_magic() { return output_.position() == 0 ? output_.write(magic) : 0; }

int FileWriter::append(const RowGroup& group) {
  if (const int error = write_magic()) return error;
  GroupRecord written;
  written.rows = group.rows();
  written.chunks.reserve(group.chunks().size());
  for (std::size_t i = 0; i < group.chunks().size(); ++i) {
    const ColumnChunk& chunk = group.chunks()[i];
    const std::uint64_t start = output_.position();
    if (const int error = output_.write(chunk.dictionary_page().view())) return error;
    if (const int error = output_.write(chunk.data_pages().view())) return error;
    written.chunks.push_back(record(options_.columns[i], chunk, start));
    written.uncompressed_bytes += chunk.uncompressed_bytes();
    written.compressed_bytes += output_.position() - start;
  }
  rows_ += written.rows;
  groups_.push_back(std::move(written));
  return 0;
}

FileWriter::ChunkRecord FileWriter::record(const ColumnSpec& spec, const ColumnChunk& chunk,
                                           std::uint64_t start) const {
  ByteBuffer out;
  ChunkRecord kept;
  kept.start = start;
  append_column_metadata(spec, options_.codec, chunk, start, out);
  kept.metadata = take(out);
  append_column_index(chunk, out);
  kept.column_index = take(out);
  append_offset_index(chunk, start, out);
  kept.offset_index = take(out);
  return kept;
}

int FileWriter::finish(const Metadata& metadata) {
  if (const int error = write_magic()) return error;
  if (const int error = write_page_index()) return error;
  ByteBuffer footer;
  append_footer(metadata, footer);
  footer.append_value(static_cast<std::uint32_t>(footer.size()));
  footer.append(magic);
  return output_.write(footer.view());
}

// Column indexes of the whole file first, then offset indexes: readers fetch each kind in one piece.
int FileWriter::write_page_index() {
  ByteBuffer out;
  const std::uint64_t start = output_.position();
  for (GroupRecord& group : groups_) {
    for (ChunkRecord& chunk : group.chunks) {
      chunk.column_index_at = start + out.size();
      out.append(chunk.column_index);
    }
  }
  for (GroupRecord& group : groups_) {
    for (ChunkRecord& chunk : group.chunks) {
      chunk.offset_index_at = start + out.size();
      out.append(chunk.offset_index);
    }
  }
  return output_.write(out.view());
}

void FileWriter::append_footer(const Metadata& metadata, ByteBuffer& out) const {
  ThriftWriter footer(out);
  footer.int32(1, format_version);
  append_schema(footer, 2, options_.columns);
  footer.int64(3, static_cast<std::int64_t>(rows_));
  footer.begin_struct_list(4, groups_.size());
  for (const GroupRecord& group : groups_) {
    footer.begin_element();
    footer.begin_struct_list(1, group.chunks.size());
    for (const ChunkRecord& chunk : group.chunks) {
      footer.begin_element();
      footer.int64(2, static_cast<std::int64_t>(chunk.start));
      footer.finished_struct(3, chunk.metadata);
      footer.int64(4, static_cast<std::int64_t>(chunk.offset_index_at));
      footer.int32(5, static_cast<std::int32_t>(chunk.offset_index.size()));
      if (!chunk.column_index.empty()) {
        footer.int64(6, static_cast<std::int64_t>(chunk.column_index_at));
        footer.int32(7, static_cast<std::int32_t>(chunk.column_index.size()));
      }
      footer.end_struct();
    }
    footer.int64(2, static_cast<std::int64_t>(group.uncompressed_bytes));
    footer.int64(3, static_cast<std::int64_t>(group.rows));
    footer.int64(5, static_cast<std::int64_t>(group.chunks.empty() ? 0 : group.chunks[0].start));
    footer.int64(6, static_cast<std::int64_t>(group.compressed_bytes));
    footer.end_struct();
  }
  footer.begin_struct_list(5, metadata.size());
  for (const auto& [key, value] : metadata) {
    footer.begin_element();
    footer.binary(1, key);
    footer.binary(2, value);
    footer.end_struct();
  }
  footer.binary(6, options_.created_by);
  // Every column's bounds are in the order its type defines.
  footer.begin_struct_list(7, options_.columns.size());
  for (std::size_t i = 0; i < options_.columns.size(); ++i) {
    footer.begin_element();
    footer.begin_struct(1);
    footer.end_struct();
    footer.end_struct();
  }
  footer.end_struct();
}

}  // namespace pwalk::parquet
