#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/format.hpp"

namespace pwalk::parquet {

// What a column holds; each is one logical type in the file.
enum class ColumnType : std::uint8_t {
  utf8,
  binary,
  boolean,
  int32,
  uint32,
  int64,
  uint64,
  float64,
  timestamp,  // microseconds since 1970-01-01 UTC
  words,      // one-byte codes into a fixed vocabulary
};

// How its values are laid out. `dictionary` gives way to `delta` where it does not pay.
enum class Layout : std::uint8_t {
  plain,       // booleans and float64
  dictionary,  // few distinct values
  delta,       // integers: DELTA_BINARY_PACKED; text and bytes: DELTA_LENGTH_BYTE_ARRAY
  prefix,      // text and bytes that begin like their predecessor: DELTA_BYTE_ARRAY
};

struct ColumnSpec {
  std::string name;
  ColumnType type = ColumnType::utf8;
  bool nullable = false;
  Layout layout = Layout::dictionary;
  std::vector<std::string> words;  // `ColumnType::words` only, at most 256
};

struct EncoderOptions {
  std::vector<ColumnSpec> columns;
  Codec codec = Codec::zstd;
  int level = 1;
  std::uint32_t row_group_rows = 65'536;
  std::uint32_t page_rows = 16'384;
  // A dictionary past either limit takes no more pages of its row group.
  std::uint32_t dictionary_entries = 65'536;
  std::uint32_t dictionary_bytes = 1 << 20;
  // Bytes after which pages, or a row group, are ended early: rows may be long.
  std::uint32_t page_bytes = 16 << 20;  // all columns together
  std::uint32_t row_group_bytes = 128 << 20;
  unsigned lanes = 1;
  std::string created_by;
};

constexpr PhysicalType physical_type(ColumnType type) noexcept {
  switch (type) {
    case ColumnType::boolean:
      return PhysicalType::boolean;
    case ColumnType::int32:
    case ColumnType::uint32:
      return PhysicalType::int32;
    case ColumnType::int64:
    case ColumnType::uint64:
    case ColumnType::timestamp:
      return PhysicalType::int64;
    case ColumnType::float64:
      return PhysicalType::float64;
    case ColumnType::utf8:
    case ColumnType::binary:
    case ColumnType::words:
      return PhysicalType::byte_array;
  }
  return PhysicalType::byte_array;
}

}  // namespace pwalk::parquet
