#include "core/chunk_metadata.hpp"

#include <algorithm>

#include "core/thrift_writer.hpp"

namespace pwalk::parquet {
namespace {

// Pages are not sorted by what they hold.
constexpr std::int32_t unordered = 0;

bool is_null_page(const PageInfo& page) noexcept { return page.nulls == page.rows; }

void write_statistics(const ColumnChunk& chunk, ThriftWriter& to) {
  to.begin_struct(12);
  to.int64(3, static_cast<std::int64_t>(chunk.nulls()));
  if (const std::optional<Bounds> bounds = chunk.bounds()) {
    to.binary(5, bounds->max);
    to.binary(6, bounds->min);
    to.boolean(7, bounds->max_exact);
    to.boolean(8, bounds->min_exact);
  }
  to.end_struct();
}

}  // namespace

void append_column_metadata(const ColumnSpec& spec, Codec codec, const ColumnChunk& chunk,
                            std::uint64_t start, ByteBuffer& out) {
  ThriftWriter to(out);
  to.int32(1, static_cast<std::int32_t>(physical_type(spec.type)));
  to.begin_int32_list(2, chunk.encodings().size());
  for (const Encoding encoding : chunk.encodings()) to.element(static_cast<std::int64_t>(encoding));
  to.begin_binary_list(3, 1);
  to.element(std::string_view(spec.name));
  to.int32(4, static_cast<std::int32_t>(codec));
  to.int64(5, static_cast<std::int64_t>(chunk.rows()));
  to.int64(6, static_cast<std::int64_t>(chunk.uncompressed_bytes()));
  to.int64(7, static_cast<std::int64_t>(chunk.dictionary_page().size() + chunk.data_pages().size()));
  to.int64(9, static_cast<std::int64_t>(start + chunk.dictionary_page().size()));
  if (!chunk.dictionary_page().empty()) to.int64(11, static_cast<std::int64_t>(start));
  write_statistics(chunk, to);
  to.end_struct();
}

void append_column_index(const ColumnChunk& chunk, ByteBuffer& out) {
  const std::vector<PageInfo>& pages = chunk.pages();
  const bool told = std::all_of(pages.begin(), pages.end(), [](const PageInfo& page) {
    return is_null_page(page) || page.bounds.has_value();
  });
  if (!told) return;
  ThriftWriter to(out);
  to.begin_bool_list(1, pages.size());
  for (const PageInfo& page : pages) to.element(is_null_page(page));
  to.begin_binary_list(2, pages.size());
  for (const PageInfo& page : pages) to.element(page.bounds ? std::string_view(page.bounds->min) : "");
  to.begin_binary_list(3, pages.size());
  for (const PageInfo& page : pages) to.element(page.bounds ? std::string_view(page.bounds->max) : "");
  to.int32(4, unordered);
  to.begin_int64_list(5, pages.size());
  for (const PageInfo& page : pages) to.element(static_cast<std::int64_t>(page.nulls));
  to.end_struct();
}

void append_offset_index(const ColumnChunk& chunk, std::uint64_t start, ByteBuffer& out) {
  const std::uint64_t first = start + chunk.dictionary_page().size();
  ThriftWriter to(out);
  to.begin_struct_list(1, chunk.pages().size());
  for (const PageInfo& page : chunk.pages()) {
    to.begin_element();
    to.int64(1, static_cast<std::int64_t>(first + page.offset));
    to.int32(2, static_cast<std::int32_t>(page.size));
    to.int64(3, static_cast<std::int64_t>(page.first_row));
    to.end_struct();
  }
  to.end_struct();
}

}  // namespace pwalk::parquet
