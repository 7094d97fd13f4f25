#include "core/schema_element.hpp"

namespace pwalk::parquet {
namespace {

enum class Repetition : std::int32_t { required = 0, optional = 1 };
enum class Converted : std::int32_t {
  utf8 = 0,
  timestamp_micros = 10,
  uint32 = 13,
  uint64 = 14,
};

constexpr int converted_field = 6;
constexpr int logical_field = 10;

void converted(ThriftWriter& to, Converted type) {
  to.int32(converted_field, static_cast<std::int32_t>(type));
}

void write_unsigned(ThriftWriter& to, Converted type, std::int8_t bits) {
  converted(to, type);
  to.begin_struct(logical_field);
  to.begin_struct(10);
  to.int8(1, bits);
  to.boolean(2, false);  // signed
  to.end_struct();
  to.end_struct();
}

void write_string(ThriftWriter& to) {
  converted(to, Converted::utf8);
  to.begin_struct(logical_field);
  to.begin_struct(1);
  to.end_struct();
  to.end_struct();
}

void write_timestamp(ThriftWriter& to) {
  converted(to, Converted::timestamp_micros);
  to.begin_struct(logical_field);
  to.begin_struct(8);
  to.boolean(1, true);  // adjusted to UTC
  to.begin_struct(2);
  to.begin_struct(2);  // microseconds
  to.end_struct();
  to.end_struct();
  to.end_struct();
  to.end_struct();
}

void write_logical_type(ThriftWriter& to, ColumnType type) {
  switch (type) {
    case ColumnType::utf8:
    case ColumnType::words:
      return write_string(to);
    case ColumnType::timestamp:
      return write_timestamp(to);
    case ColumnType::uint32:
      return write_unsigned(to, Converted::uint32, 32);
    case ColumnType::uint64:
      return write_unsigned(to, Converted::uint64, 64);
    // Their physical types say all: INT32 and INT64 are signed where nothing else is said.
    case ColumnType::int32:
    case ColumnType::int64:
    case ColumnType::binary:
    case ColumnType::boolean:
    case ColumnType::float64:
      return;
  }
}

}  // namespace

void append_schema(ThriftWriter& to, int id, const std::vector<ColumnSpec>& columns) {
  to.begin_struct_list(id, columns.size() + 1);
  to.begin_element();
  to.binary(4, "schema");
  to.int32(5, static_cast<std::int32_t>(columns.size()));
  to.end_struct();
  for (const ColumnSpec& column : columns) {
    to.begin_element();
    to.int32(1, static_cast<std::int32_t>(physical_type(column.type)));
    to.int32(3, static_cast<std::int32_t>(column.nullable ? Repetition::optional : Repetition::required));
    to.binary(4, column.name);
    write_logical_type(to, column.type);
    to.end_struct();
  }
}

}  // namespace pwalk::parquet
