// Reads uncompressed Parquet files with the decoders, and checks that all that is said twice agrees.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/schema.hpp"
#include "pwalk/check.hpp"
#include "test/batches.hpp"
#include "test/decoders.hpp"

namespace pwalk::parquet::test {

inline Thrift footer_of(const std::string& file) {
  CHECK(file.starts_with("PAR1") && file.ends_with("PAR1"));
  Reader length(std::string_view(file).substr(file.size() - 8));
  const auto size = length.value<std::uint32_t>();
  Reader in(std::string_view(file).substr(file.size() - 8 - size, size));
  Thrift footer = decode_thrift(in);
  CHECK(in.at_end());
  return footer;
}

inline std::vector<std::string> plain_values(Reader& in, std::size_t count, PhysicalType type) {
  std::vector<std::string> values;
  const std::size_t width = type == PhysicalType::int32 ? 4 : 8;
  if (type == PhysicalType::boolean) {
    for (const std::uint64_t bit : in.packed(count, 1)) values.emplace_back(1, static_cast<char>(bit));
    return values;
  }
  for (std::size_t i = 0; i < count; ++i) {
    values.emplace_back(in.take(type == PhysicalType::byte_array ? in.value<std::uint32_t>() : width));
  }
  return values;
}

// Every value of a column chunk of an uncompressed file. Checks what the metadata says of it.
inline std::vector<Cell> read_chunk(const std::string& file, const Thrift& chunk, bool nullable) {
  const Thrift& meta = chunk[3];
  const auto type = static_cast<PhysicalType>(meta[1].number);
  const std::size_t start = static_cast<std::size_t>((meta.has(11) ? meta[11] : meta[9]).number);
  const std::string_view bytes = std::string_view(file).substr(start, static_cast<std::size_t>(meta[7].number));
  Reader offsets(std::string_view(file).substr(static_cast<std::size_t>(chunk[4].number),
                                               static_cast<std::size_t>(chunk[5].number)));
  const std::vector<Thrift> locations = decode_thrift(offsets)[1].list;
  std::vector<std::string> dictionary;
  std::vector<Cell> cells;
  std::size_t page = 0;
  for (Reader in(bytes); !in.at_end();) {
    const std::size_t at = start + in.at();
    const Thrift header = decode_thrift(in);
    Reader data(in.take(static_cast<std::size_t>(header[3].number)));
    CHECK_EQ(header[2].number, header[3].number);
    if (header.has(7)) {
      CHECK(cells.empty());
      dictionary = plain_values(data, static_cast<std::size_t>(header[7][1].number), type);
      CHECK(data.at_end());
      continue;
    }
    CHECK_EQ(locations.at(page)[1].number, static_cast<std::int64_t>(at));
    CHECK_EQ(locations.at(page)[2].number, static_cast<std::int64_t>(start + in.at() - at));
    CHECK_EQ(locations.at(page)[3].number, static_cast<std::int64_t>(cells.size()));
    ++page;
    const auto rows = static_cast<std::size_t>(header[5][1].number);
    std::vector<std::uint32_t> levels(rows, 1);
    if (nullable) {
      Reader packed(data.take(data.value<std::uint32_t>()));
      levels = decode_hybrid(packed, rows, 1);
      CHECK(packed.at_end());
    }
    const auto count = static_cast<std::size_t>(std::count(levels.begin(), levels.end(), 1u));
    std::vector<std::string> values;
    switch (static_cast<Encoding>(header[5][2].number)) {
      case Encoding::plain:
        values = plain_values(data, count, type);
        break;
      case Encoding::rle_dictionary: {
        const unsigned width = data.byte();
        for (const std::uint32_t number : decode_hybrid(data, count, width)) values.push_back(dictionary.at(number));
        break;
      }
      case Encoding::delta_binary_packed:
        values = type == PhysicalType::int32 ? as_bytes(decode_delta<std::uint32_t>(data))
                                             : as_bytes(decode_delta<std::uint64_t>(data));
        break;
      case Encoding::delta_length_byte_array:
        values = decode_lengths(data);
        break;
      case Encoding::delta_byte_array:
        values = decode_prefixes(data);
        break;
      case Encoding::rle:
        throw std::out_of_range("no page is RLE");
    }
    CHECK(data.at_end());
    CHECK_EQ(values.size(), count);
    auto value = values.begin();
    for (const std::uint32_t level : levels) cells.push_back(level != 0 ? Cell(*value++) : std::nullopt);
  }
  CHECK_EQ(page, locations.size());
  CHECK_EQ(meta[5].number, static_cast<std::int64_t>(cells.size()));
  CHECK_EQ(meta[12][3].number, std::count(cells.begin(), cells.end(), std::nullopt));
  return cells;
}

// Rows of the file, each as the list of its cells.
inline std::vector<std::vector<Cell>> read_file(const std::string& file, const std::vector<ColumnSpec>& specs) {
  const Thrift footer = footer_of(file);
  std::vector<std::vector<Cell>> rows;
  if (!footer.has(4)) return rows;
  for (const Thrift& group : footer[4].list) {
    std::vector<std::vector<Cell>> columns;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      columns.push_back(read_chunk(file, group[1].list.at(i), specs[i].nullable));
      CHECK_EQ(static_cast<std::int64_t>(columns.back().size()), group[3].number);
    }
    for (std::size_t row = 0; row < columns[0].size(); ++row) {
      std::vector<Cell>& cells = rows.emplace_back();
      for (const auto& column : columns) cells.push_back(column.at(row));
    }
  }
  CHECK_EQ(footer[3].number, static_cast<std::int64_t>(rows.size()));
  return rows;
}

}  // namespace pwalk::parquet::test
