#pragma once

#include <vector>

#include "core/schema.hpp"
#include "core/thrift_writer.hpp"

namespace pwalk::parquet {

// Writes the schema as field `id`: a root and one leaf per column, each with its logical type and
// the older converted type that says the same.
// Source: parquet.thrift, "SchemaElement"; LogicalTypes.md.
void append_schema(ThriftWriter& to, int id, const std::vector<ColumnSpec>& columns);

}  // namespace pwalk::parquet
