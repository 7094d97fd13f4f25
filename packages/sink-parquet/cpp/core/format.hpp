// The constants of the Parquet format that this encoder uses.
// Source: parquet.thrift of https://github.com/apache/parquet-format.
#pragma once

#include <cstdint>

namespace pwalk::parquet {

enum class PhysicalType : std::int32_t { boolean = 0, int32 = 1, int64 = 2, float64 = 5, byte_array = 6 };

enum class Encoding : std::int32_t {
  plain = 0,
  rle = 3,
  delta_binary_packed = 5,
  delta_length_byte_array = 6,
  delta_byte_array = 7,
  rle_dictionary = 8,
};

enum class Codec : std::int32_t { none = 0, zstd = 6, lz4 = 7 };  // LZ4_RAW

enum class PageType : std::int32_t { data = 0, dictionary = 2 };

}  // namespace pwalk::parquet
