#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "core/iso_time.hpp"
#include "core/rfc4180_encoder.hpp"
#include "core/script_number.hpp"
#include "pwalk/check.hpp"
#include "sample_column.hpp"

namespace pwalk::csv {
namespace {

using Texts = std::vector<std::optional<std::string>>;

const CellRules plain_rules(",", Quoting::minimal, false, false);

CsvBatch batch_of(const std::vector<SampleColumn>& columns, std::uint32_t rows) {
  CsvBatch batch{rows, {}};
  for (const SampleColumn& column : columns) batch.columns.push_back(column.view());
  return batch;
}

// Every chunk is exactly as large as it is said to be, so a sanitizer sees what leaves it.
std::string encode(const Rfc4180Encoder& encoder, const CsvBatch& batch, std::size_t chunk_size = 1 << 16) {
  CHECK(encoder.is_sound(batch));
  std::string text;
  for (std::uint32_t row = 0; row < batch.rows;) {
    for (std::size_t size = chunk_size;; size *= 2) {
      std::vector<char> chunk(size);
      const Encoded encoded = encoder.encode(batch, row, chunk);
      CHECK_EQ(encoded.printed, encoded.next - row);
      if (encoded.next == row) continue;
      text.append(chunk.data(), encoded.bytes);
      row = encoded.next;
      break;
    }
  }
  return text;
}

std::string texts(const Texts& values, const CellRules& rules) {
  const std::vector<SampleColumn> columns{SampleColumn::of_texts(values), SampleColumn::of_texts(values)};
  return encode(Rfc4180Encoder({{CellType::utf8, {}}, {CellType::utf8, {}}}, rules),
                batch_of(columns, static_cast<std::uint32_t>(values.size())));
}

std::string time_text(std::int64_t microseconds) {
  std::array<char, iso_time_room> out;
  IsoTimes times;
  return {out.data(), times.put(out.data(), microseconds)};
}

std::string number_text(double value) {
  std::array<char, script_number_room> out;
  return {out.data(), put_script_number(out.data(), value)};
}

PWALK_TEST("cells of every type, and what is null") {
  const std::vector<SampleColumn> columns{
      SampleColumn::of_texts({"/a", std::nullopt}),
      SampleColumn::of_texts({"/\xe9", std::nullopt}),
      SampleColumn::of_bits({true, std::nullopt}),
      SampleColumn::of_numbers<std::int32_t>({-5, std::nullopt}),
      SampleColumn::of_numbers<std::uint32_t>({4294967295u, std::nullopt}),
      SampleColumn::of_numbers<double>({0.5, std::nullopt}),
      SampleColumn::of_numbers<std::int64_t>({INT64_MIN, std::nullopt}),
      SampleColumn::of_numbers<std::uint64_t>({UINT64_MAX, std::nullopt}),
      SampleColumn::of_numbers<std::int64_t>({0, std::nullopt}),
      SampleColumn::of_numbers<std::uint8_t>({1, 7}),
  };
  std::vector<CsvColumn> types;
  for (std::size_t i = 0; i < cell_type_count; ++i) types.push_back({static_cast<CellType>(i), {}});
  types.back().words = {"file", "directory"};
  CHECK_EQ(encode(Rfc4180Encoder(types, plain_rules), batch_of(columns, 2)),
           "/a,2fe9,true,-5,4294967295,0.5,-9223372036854775808,18446744073709551615,"
           "1970-01-01T00:00:00.000000Z,directory\n,,,,,,,,,\n");
}

PWALK_TEST("what has to be quoted is, wherever in a text it stands") {
  for (const std::string special : {"\"", "\n", "\r", ",", "\xe2\x82\xac"}) {
    for (std::size_t length = 0; length < 20; ++length) {
      for (std::size_t at = 0; at <= length; ++at) {
        const std::string before(at, 'x');
        const std::string after(length - at, 'x');
        const CellRules euro("\xe2\x82\xac", Quoting::minimal, false, false);
        const CellRules& rules = special.size() == 3 ? euro : plain_rules;
        const std::string cell = "\"" + before + special + (special == "\"" ? "\"" : "") + after + "\"";
        CHECK_EQ(texts({before + special + after}, rules), cell + std::string(rules.delimiter()) + cell + "\n");
      }
    }
  }
  CHECK_EQ(texts({"\xe2\x82\xa0"}, CellRules("\xe2\x82\xac", Quoting::minimal, false, false)),
           "\xe2\x82\xa0\xe2\x82\xac\xe2\x82\xa0\n");
}

PWALK_TEST("empty text is quoted like text, null never but where it is alone in its row") {
  CHECK_EQ(texts({"", std::nullopt}, plain_rules), ",\n,\n");
  CHECK_EQ(texts({"", std::nullopt}, CellRules(",", Quoting::strings, false, false)), "\"\",\"\"\n,\n");
  const std::vector<SampleColumn> only{SampleColumn::of_texts({"", std::nullopt, "x"})};
  const Rfc4180Encoder encoder({{CellType::utf8, {}}}, CellRules(",", Quoting::minimal, false, true));
  CHECK_EQ(encode(encoder, batch_of(only, 3)), "\"\"\n\"\"\nx\n");
}

PWALK_TEST("what a spreadsheet would run gets an apostrophe, inside the quotes") {
  const CellRules safe(",", Quoting::minimal, true, false);
  CHECK_EQ(texts({"=1"}, safe), "'=1,'=1\n");
  CHECK_EQ(texts({"-\""}, safe), "\"'-\"\"\",\"'-\"\"\"\n");
  CHECK_EQ(texts({"\xef\xbc\x9d"}, safe), "'\xef\xbc\x9d,'\xef\xbc\x9d\n");
  CHECK_EQ(texts({"a="}, safe), "a=,a=\n");
  CHECK_EQ(texts({"+"}, CellRules("'", Quoting::minimal, true, false)), "\"'+\"'\"'+\"\n");
}

PWALK_TEST("times of any 64 bits") {
  CHECK_EQ(time_text(0), "1970-01-01T00:00:00.000000Z");
  CHECK_EQ(time_text(-1), "1969-12-31T23:59:59.999999Z");
  CHECK_EQ(time_text(951'782'400'000'000), "2000-02-29T00:00:00.000000Z");
  CHECK_EQ(time_text(253'402'300'799'999'999), "9999-12-31T23:59:59.999999Z");
  CHECK_EQ(time_text(253'402'300'800'000'000), "+010000-01-01T00:00:00.000000Z");
  CHECK_EQ(time_text(-62'167'219'200'000'000), "0000-01-01T00:00:00.000000Z");
  CHECK_EQ(time_text(-62'167'219'200'000'001), "-000001-12-31T23:59:59.999999Z");
  CHECK_EQ(time_text(INT64_MAX), "+294247-01-10T04:00:54.775807Z");
  CHECK_EQ(time_text(INT64_MIN), "-290308-12-21T19:59:05.224192Z");
}

PWALK_TEST("doubles as JavaScript prints them") {
  CHECK_EQ(number_text(0), "0");
  CHECK_EQ(number_text(-0.0), "0");
  CHECK_EQ(number_text(0.1), "0.1");
  CHECK_EQ(number_text(-123.25), "-123.25");
  CHECK_EQ(number_text(1e20), "100000000000000000000");
  CHECK_EQ(number_text(1e21), "1e+21");
  CHECK_EQ(number_text(0.000001), "0.000001");
  CHECK_EQ(number_text(0.0000015), "0.0000015");
  CHECK_EQ(number_text(1e-7), "1e-7");
  CHECK_EQ(number_text(-1.7976931348623157e308), "-1.7976931348623157e+308");
  CHECK_EQ(number_text(5e-324), "5e-324");
  CHECK_EQ(number_text(NAN), "NaN");
  CHECK_EQ(number_text(-INFINITY), "-Infinity");
}

PWALK_TEST("values that change and come back are printed each time") {
  const std::vector<SampleColumn> columns{
      SampleColumn::of_numbers<std::uint64_t>({0, 0, 7, std::nullopt, 7, 0}),
      SampleColumn::of_numbers<std::int64_t>({-1, 0, -1, 86'400'000'000, std::nullopt, -1})};
  const Rfc4180Encoder encoder({{CellType::uint64, {}}, {CellType::timestamp, {}}}, plain_rules);
  CHECK_EQ(encode(encoder, batch_of(columns, 6)),
           "0,1969-12-31T23:59:59.999999Z\n0,1970-01-01T00:00:00.000000Z\n7,1969-12-31T23:59:59.999999Z\n"
           ",1970-01-02T00:00:00.000000Z\n7,\n0,1969-12-31T23:59:59.999999Z\n");
}

PWALK_TEST("no row leaves the chunk it was given room in, however small chunks are") {
  Texts names;
  std::vector<std::optional<std::int64_t>> times;
  std::vector<std::optional<double>> ratios;
  for (std::size_t i = 0; i < 60; ++i) {
    names.emplace_back(i % 5 == 0 ? std::string(i, 'x') : "=" + std::string(i, '"'));
    times.emplace_back(i % 2 == 0 ? INT64_MIN : INT64_MAX);
    ratios.emplace_back(-1.2345678901234567e-300 * static_cast<double>(i));
  }
  const std::vector<SampleColumn> columns{SampleColumn::of_texts(names), SampleColumn::of_texts(names),
                                          SampleColumn::of_numbers(times), SampleColumn::of_numbers(ratios)};
  const CsvBatch batch = batch_of(columns, 60);
  const Rfc4180Encoder encoder(
      {{CellType::utf8, {}}, {CellType::binary, {}}, {CellType::timestamp, {}}, {CellType::float64, {}}},
      CellRules("\xf0\x9f\x98\x80", Quoting::all, true, false));
  const std::string whole = encode(encoder, batch);
  for (std::size_t size = 1; size < 600; size += 7) CHECK_EQ(encode(encoder, batch, size), whole);
}

PWALK_TEST("threads may share an encoder and a batch") {
  const std::vector<SampleColumn> columns{SampleColumn::of_texts(Texts(1000, "a,b")),
                                          SampleColumn::of_numbers(std::vector<std::optional<std::int64_t>>(1000, 5))};
  const CsvBatch batch = batch_of(columns, 1000);
  const Rfc4180Encoder encoder({{CellType::utf8, {}}, {CellType::timestamp, {}}}, plain_rules);
  std::array<std::string, 2> made;
  {
    std::jthread other([&] { made[1] = encode(encoder, batch); });
    made[0] = encode(encoder, batch);
  }
  CHECK_EQ(made[0], made[1]);
}

PWALK_TEST("a batch whose buffers are too short for its rows is not sound") {
  const std::vector<SampleColumn> columns{
      SampleColumn::of_texts({"abc", "de"}), SampleColumn::of_texts({"abc", "de"}), SampleColumn::of_bits({true, false}),
      SampleColumn::of_numbers<std::int32_t>({1, 2}), SampleColumn::of_numbers<std::uint32_t>({1, 2}),
      SampleColumn::of_numbers<double>({1, 2}), SampleColumn::of_numbers<std::int64_t>({1, 2}),
      SampleColumn::of_numbers<std::uint64_t>({1, 2}), SampleColumn::of_numbers<std::int64_t>({1, 2}),
      SampleColumn::of_numbers<std::uint8_t>({0, 0})};
  std::vector<CsvColumn> types;
  for (std::size_t i = 0; i < cell_type_count; ++i) types.push_back({static_cast<CellType>(i), {}});
  const Rfc4180Encoder encoder(types, plain_rules);
  const CsvBatch good = batch_of(columns, 2);
  CHECK(encoder.is_sound(good));
  for (std::size_t i = 0; i < cell_type_count; ++i) {
    CsvBatch bad = good;
    bad.columns[i].data = bad.columns[i].data.first(bad.columns[i].data.size() - 1);
    CHECK(!encoder.is_sound(bad));
    bad = good;
    bad.rows = 9;
    CHECK(!encoder.is_sound(bad));
  }
  CsvBatch bad = good;
  bad.columns[0].bytes = bad.columns[0].bytes.first(4);
  CHECK(!encoder.is_sound(bad));
}

}  // namespace
}  // namespace pwalk::csv
