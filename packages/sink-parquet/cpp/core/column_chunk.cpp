#include "core/column_chunk.hpp"

#include "core/rle_hybrid.hpp"
#include "core/thrift_writer.hpp"

namespace pwalk::parquet {

ColumnChunk::ColumnChunk(const ColumnSpec& spec, const EncoderOptions& options, Compressor& compressor,
                         ByteBuffer& scratch)
    : spec_(spec), compressor_(compressor), page_(scratch), values_(make_value_encoder(spec, options)) {}

void ColumnChunk::append(const ColumnView& column, std::size_t from, std::size_t count) {
  if (spec_.nullable) {
    if (column.validity.empty()) {
      levels_.add_ones(count);
    } else {
      levels_.add_bits(column.validity.data(), from, count);
    }
  }
  values_->append(column, from, count);
  page_rows_ += count;
}

void ColumnChunk::finish_page() {
  if (page_rows_ == 0) return;
  page_.clear();
  if (spec_.nullable) append_levels();
  const std::uint64_t nulls = spec_.nullable ? page_rows_ - levels_.ones() : 0;
  const Encoding encoding = values_->finish_page(page_);
  const std::size_t offset = data_pages_.size();
  const std::uint32_t size = write_page(PageType::data, encoding, page_rows_, data_pages_);
  pages_.push_back({offset, size, rows_, page_rows_, nulls, in_file(values_->page_bounds())});
  rows_ += page_rows_;
  nulls_ += nulls;
  page_rows_ = 0;
  levels_.clear();
}

// Source: Encodings.md, "Run Length Encoding / Bit-Packing Hybrid": levels of a data page v1 are
// preceded by their length. Repetition levels do not exist in a flat schema.
void ColumnChunk::append_levels() {
  const std::size_t length_at = page_.size();
  page_.append_value(std::uint32_t{0});
  if (levels_.ones() == levels_.size() || levels_.ones() == 0) {
    encode_rle_run(levels_.ones() > 0, levels_.size(), page_);
  } else {
    encode_rle_bits(levels_.data(), levels_.size(), page_);
  }
  page_.put_at(length_at, static_cast<std::uint32_t>(page_.size() - length_at - 4));
  encodings_.insert(Encoding::rle);
}

void ColumnChunk::finish() {
  finish_page();
  page_.clear();
  const std::uint32_t entries = values_->append_dictionary(page_);
  if (entries > 0) write_page(PageType::dictionary, Encoding::plain, entries, dictionary_page_);
}

std::uint32_t ColumnChunk::write_page(PageType type, Encoding encoding, std::uint64_t values, ByteBuffer& to) {
  const std::string_view compressed = compressor_.compress(page_);
  const std::size_t start = to.size();
  ThriftWriter header(to);
  header.int32(1, static_cast<std::int32_t>(type));
  header.int32(2, static_cast<std::int32_t>(page_.size()));
  header.int32(3, static_cast<std::int32_t>(compressed.size()));
  header.begin_struct(type == PageType::data ? 5 : 7);
  header.int32(1, static_cast<std::int32_t>(values));
  header.int32(2, static_cast<std::int32_t>(encoding));
  if (type == PageType::data) {
    header.int32(3, static_cast<std::int32_t>(Encoding::rle));  // definition levels
    header.int32(4, static_cast<std::int32_t>(Encoding::rle));  // repetition levels
  }
  header.end_struct();
  header.end_struct();
  uncompressed_bytes_ += to.size() - start + page_.size();
  to.append(compressed);
  encodings_.insert(encoding);
  return static_cast<std::uint32_t>(to.size() - start);
}

std::optional<Bounds> ColumnChunk::in_file(std::optional<Bounds> bounds) const {
  if (!bounds || physical_type(spec_.type) != PhysicalType::byte_array) return bounds;
  return shorten(*std::move(bounds), spec_.type != ColumnType::binary);
}

void ColumnChunk::clear() {
  values_->clear();
  levels_.clear();
  page_rows_ = rows_ = nulls_ = uncompressed_bytes_ = 0;
  data_pages_.clear();
  dictionary_page_.clear();
  pages_.clear();
  encodings_.clear();
}

}  // namespace pwalk::parquet
