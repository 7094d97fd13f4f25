#pragma once

#include <napi.h>

#include "core/batch_view.hpp"
#include "core/file_writer.hpp"
#include "core/schema.hpp"

namespace pwalk::parquet {

// JavaScript values as the encoder wants them. Each throws a JavaScript error for what does not fit.

// { columns: [{ name, type, nullable, layout, words? }], codec, level, rowGroupRows, pageRows,
//   pageBytes, rowGroupBytes, dictionaryEntries, lanes, createdBy }
EncoderOptions read_options(const Napi::Object& object);

// Per column three typed arrays in a row: validity or null; values, codes, bits or offsets; bytes or
// null. They may lie in an ArrayBuffer or a SharedArrayBuffer. The view points into them.
BatchView read_batch(std::uint32_t rows, const Napi::Array& parts, const std::vector<ColumnSpec>& columns);

// [[key, value]]
Metadata read_metadata(const Napi::Array& pairs);

}  // namespace pwalk::parquet
