#include "core/value_encoder.hpp"

namespace pwalk::parquet {

std::unique_ptr<ValueEncoder> make_value_encoder(const ColumnSpec& spec, const EncoderOptions& options) {
  switch (spec.type) {
    case ColumnType::utf8:
    case ColumnType::binary:
      return make_text_encoder(spec, options);
    case ColumnType::words:
      return make_words_encoder(spec);
    case ColumnType::boolean:
      return make_boolean_encoder();
    case ColumnType::float64:
      return make_float_encoder();
    case ColumnType::int32:
    case ColumnType::uint32:
    case ColumnType::int64:
    case ColumnType::uint64:
    case ColumnType::timestamp:
      return make_number_encoder(spec, options);
  }
  return nullptr;
}

}  // namespace pwalk::parquet
