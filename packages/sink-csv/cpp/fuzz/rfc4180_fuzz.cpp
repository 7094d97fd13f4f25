#include <optional>
#include <string>
#include <vector>

#include "core/rfc4180_encoder.hpp"
#include "fuzz/csv_lines.hpp"
#include "pwalk/fuzz.hpp"
#include "test/sample_column.hpp"

using namespace pwalk::csv;

// What was encoded is what a reader of CSV gets, whatever a chunk has room for.
PWALK_FUZZ("rfc4180") {
  const std::string_view delimiters = ",;\t|1-:TZ";
  const char delimiter = delimiters[input.byte() % delimiters.size()];
  const auto quoting = static_cast<Quoting>(input.byte() % quoting_count);
  const bool safe = (input.byte() & 1) != 0;
  const std::size_t chunk_size = 64 + input.value<std::uint16_t>();
  const std::uint32_t rows = 1 + input.byte() % 6;
  std::vector<std::optional<std::string>> texts;
  std::vector<std::optional<std::uint64_t>> numbers;
  std::vector<std::optional<std::int64_t>> times;
  std::vector<std::optional<double>> doubles;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint8_t nulls = input.byte();
    const auto or_null = [nulls](int bit, auto value) {
      return (nulls >> bit & 1) != 0 ? std::nullopt : std::optional(value);
    };
    texts.push_back(or_null(0, std::string(input.text(300))));
    numbers.push_back(or_null(1, input.value<std::uint64_t>()));
    times.push_back(or_null(2, input.value<std::int64_t>()));
    doubles.push_back(or_null(3, input.value<double>()));
  }
  const std::vector<SampleColumn> columns{SampleColumn::of_texts(texts), SampleColumn::of_texts(texts),
                                          SampleColumn::of_numbers(numbers), SampleColumn::of_numbers(times),
                                          SampleColumn::of_numbers(doubles)};
  CsvBatch batch{rows, {}};
  for (const SampleColumn& column : columns) batch.columns.push_back(column.view());
  const Rfc4180Encoder encoder({{CellType::utf8, {}},
                                {CellType::binary, {}},
                                {CellType::uint64, {}},
                                {CellType::timestamp, {}},
                                {CellType::float64, {}}},
                               CellRules(std::string(1, delimiter), quoting, safe, false));
  FUZZ_CHECK(encoder.is_sound(batch));
  std::string text;
  for (std::uint32_t row = 0; row < rows;) {
    // Longer when a row does not fit, as the sink does it.
    for (std::size_t size = chunk_size;; size *= 2) {
      std::vector<char> chunk(size);
      const Encoded encoded = encoder.encode(batch, row, chunk);
      FUZZ_CHECK(encoded.bytes <= chunk.size() && encoded.next >= row && encoded.next <= rows);
      if (encoded.next == row) continue;
      text.append(chunk.data(), encoded.bytes);
      row = encoded.next;
      break;
    }
  }
  const auto lines = csv_lines(text, delimiter);
  FUZZ_CHECK(lines.size() == rows);
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::vector<std::string>& fields = lines[row];
    FUZZ_CHECK(fields.size() == columns.size());
    const std::string name = texts[row].value_or("");
    FUZZ_CHECK(fields[0] == name || (safe && fields[0] == "'" + name));
    FUZZ_CHECK(fields[1].size() == 2 * name.size());
    FUZZ_CHECK(fields[2] == (numbers[row] ? std::to_string(*numbers[row]) : ""));
    FUZZ_CHECK(fields[3].empty() ? !times[row] : fields[3].back() == 'Z');
    FUZZ_CHECK(fields[4].empty() == !doubles[row]);
    if (doubles[row] && *doubles[row] == *doubles[row]) FUZZ_CHECK(std::strtod(fields[4].c_str(), nullptr) == *doubles[row]);
  }
}
