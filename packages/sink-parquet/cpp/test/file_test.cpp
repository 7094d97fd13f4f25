#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "pwalk/check.hpp"
#include "test/batches.hpp"
#include "test/file_reader.hpp"

namespace pwalk::parquet::test {
namespace {

std::vector<ColumnSpec> every_type() {
  std::vector<ColumnSpec> specs;
  for (const bool nullable : {false, true}) {
    const std::string suffix = nullable ? "?" : "";
    for (const Layout layout : {Layout::dictionary, Layout::delta}) {
      for (const ColumnType type : {ColumnType::int32, ColumnType::uint32, ColumnType::int64, ColumnType::uint64,
                                    ColumnType::timestamp, ColumnType::utf8, ColumnType::binary}) {
        specs.push_back({"column" + suffix, type, nullable, layout, {}});
      }
    }
    specs.push_back({"prefix" + suffix, ColumnType::utf8, nullable, Layout::prefix, {}});
    specs.push_back({"float" + suffix, ColumnType::float64, nullable, Layout::plain, {}});
    specs.push_back({"bool" + suffix, ColumnType::boolean, nullable, Layout::plain, {}});
    specs.push_back({"words" + suffix, ColumnType::words, nullable, Layout::dictionary, {"ok", "", "denied"}});
  }
  return specs;
}

std::string random_value(const ColumnSpec& spec, std::mt19937_64& random, std::uint64_t variety) {
  const std::uint64_t number = random() % 20 == 0 ? std::vector<std::uint64_t>{0, ~0ull, 1ull << 63, (1ull << 63) - 1, 0x80000000}[random() % 5]
                                                  : random() % variety;
  switch (physical_type(spec.type)) {
    case PhysicalType::boolean:
      return std::string(1, static_cast<char>(number % 2));
    case PhysicalType::int32:
      return as_bytes(std::vector<std::uint32_t>{static_cast<std::uint32_t>(number)})[0];
    case PhysicalType::int64:
    case PhysicalType::float64:
      return as_bytes(std::vector<std::uint64_t>{number})[0];
    case PhysicalType::byte_array:
      if (spec.type == ColumnType::words) return spec.words[number % 3];
      return number % 7 == 0 ? "" : "/usr/" + std::to_string(number) + std::string(number % 90, 'y');
  }
  return "";
}

PWALK_TEST("every type, layout and nullability returns, whatever the sizes of batches, pages and row groups") {
  std::mt19937_64 random(6);
  const std::vector<ColumnSpec> specs = every_type();
  for (int round = 0; round < 40; ++round) {
    EncoderOptions options;
    options.columns = specs;
    options.codec = Codec::none;
    options.page_rows = static_cast<std::uint32_t>(1 + random() % (round % 4 == 0 ? 2000 : 100));
    options.row_group_rows = static_cast<std::uint32_t>(1 + random() % 1000);
    options.dictionary_entries = static_cast<std::uint32_t>(random() % 60);
    options.lanes = static_cast<unsigned>(1 + random() % 4);
    std::vector<Batch> batches;
    std::vector<std::vector<Cell>> expected;
    for (int count = round % 5; count > 0; --count) {
      const std::size_t rows = random() % (round % 4 == 0 ? 3000 : 300);
      const std::uint64_t variety = random() % 2 ? 5 : 100000;
      const std::uint64_t null_every = random() % 4;  // 0: never, 1: always
      std::vector<std::vector<Cell>> columns(specs.size(), std::vector<Cell>(rows));
      for (std::size_t i = 0; i < specs.size(); ++i) {
        for (Cell& cell : columns[i]) {
          const bool null = specs[i].nullable && null_every != 0 && random() % null_every == 0;
          if (!null) cell = random_value(specs[i], random, variety);
        }
      }
      for (std::size_t row = 0; row < rows; ++row) {
        std::vector<Cell>& cells = expected.emplace_back();
        for (const auto& column : columns) cells.push_back(column[row]);
      }
      batches.push_back(make_batch(specs, columns, random() % 2 == 0));
    }
    std::vector<std::vector<Cell>> read = read_file(encode(options, batches), specs);
    // Lanes do not keep the order of batches.
    std::sort(read.begin(), read.end());
    std::sort(expected.begin(), expected.end());
    CHECK(read == expected);
  }
}

PWALK_TEST("a file without rows has a schema, metadata and no row group") {
  EncoderOptions options = one_number_column();
  options.created_by = "pwalk version 1.2.3";
  const Thrift footer = footer_of(encode(options, {}));
  CHECK_EQ(footer[3].number, 0);
  CHECK(footer[4].list.empty());
  CHECK_EQ(footer[2].list.size(), 2u);
  CHECK_EQ(footer[5].list.at(0)[2].bytes, "value");
  CHECK_EQ(footer[6].bytes, "pwalk version 1.2.3");
  CHECK_EQ(footer[7].list.size(), 1u);
}

PWALK_TEST("row groups and pages are cut where the options say, across batches") {
  EncoderOptions options = one_number_column();
  options.row_group_rows = 1000;
  options.page_rows = 300;
  const std::string file = encode(options, number_batches(options.columns, 5, 500));
  const Thrift footer = footer_of(file);
  CHECK_EQ(footer[4].list.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) CHECK_EQ(footer[4].list.at(i)[3].number, i < 2 ? 1000 : 500);
  const Thrift& chunk = footer[4].list.at(0)[1].list.at(0);
  Reader in(std::string_view(file).substr(static_cast<std::size_t>(chunk[6].number), static_cast<std::size_t>(chunk[7].number)));
  const Thrift index = decode_thrift(in);
  CHECK_EQ(index[2].list.size(), 4u);
  CHECK_EQ(index[3].list.at(0).bytes, as_bytes(std::vector<std::uint64_t>{299 * 299})[0]);
  CHECK_EQ(index[5].list.at(0).number, 0);
}

PWALK_TEST("a dictionary that overflows gives way to deltas within the row group") {
  EncoderOptions options = one_number_column();
  options.columns[0].layout = Layout::dictionary;
  options.dictionary_entries = 100;
  options.page_rows = 200;
  std::vector<std::vector<Cell>> columns(1);
  for (std::uint64_t row = 0; row < 1000; ++row) {
    columns[0].push_back(as_bytes(std::vector<std::uint64_t>{row < 200 ? row / 4 : row})[0]);
  }
  const std::string file = encode(options, {make_batch(options.columns, columns, false)});
  const Thrift footer = footer_of(file);
  std::vector<std::int64_t> encodings;
  for (const Thrift& encoding : footer[4].list.at(0)[1].list.at(0)[3][2].list) encodings.push_back(encoding.number);
  CHECK(encodings == (std::vector<std::int64_t>{0, 5, 8}));
  CHECK_EQ(read_file(file, options.columns).size(), 1000u);
}

PWALK_TEST("a page that is all null has no bytes for values and is named in the index") {
  EncoderOptions options = one_number_column();
  options.columns[0].nullable = true;
  options.page_rows = 100'000;
  const std::string file = encode(options, {make_batch(options.columns, {std::vector<Cell>(100'000)}, true)});
  CHECK(file.size() < 400);
  const Thrift footer = footer_of(file);
  const Thrift& chunk = footer[4].list.at(0)[1].list.at(0);
  Reader in(std::string_view(file).substr(static_cast<std::size_t>(chunk[6].number), static_cast<std::size_t>(chunk[7].number)));
  CHECK_EQ(decode_thrift(in)[1].list.at(0).number, 1);
  CHECK(!chunk[3][12].has(5));
}

}  // namespace
}  // namespace pwalk::parquet::test
