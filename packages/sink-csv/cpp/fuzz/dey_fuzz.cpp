#include <string>
#include <vector>

#include "core/dey_encoder.hpp"
#include "fuzz/csv_lines.hpp"
#include "pwalk/fuzz.hpp"
#include "test/sample_batch.hpp"

using namespace pwalk::csv;

namespace {

using Row = SampleBatch::Row;

Row row_of(pwalk::fuzz::Input& input) {
  Row row{.path = std::string(input.text(300)), .raw = (input.byte() & 1) != 0};
  row.depth = input.value<std::int32_t>();
  row.parent = input.value<std::uint64_t>();
  row.inode = input.value<std::uint64_t>();
  row.mode = input.value<std::uint32_t>();
  row.uid = input.value<std::uint32_t>();
  row.size = input.value<std::uint64_t>();
  row.mtime = input.value<std::int64_t>();
  row.stat = input.byte() != 0;
  row.listed = (input.byte() & 1) != 0;
  row.file_count = input.value<std::uint64_t>();
  return row;
}

// What the format leaves of a name.
std::string printable(const std::string& text) {
  std::string kept;
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) >= 0x20) kept += byte;
  }
  return kept;
}

}  // namespace

// What was encoded is what a reader of CSV gets, whatever a chunk has room for.
PWALK_FUZZ("dey") {
  std::vector<Row> rows;
  const std::size_t chunk_size = 1024 + input.value<std::uint16_t>();
  for (std::size_t count = 1 + input.byte() % 6; count > 0; --count) rows.push_back(row_of(input));
  const SampleBatch sample(rows);
  const DeyBatch batch = sample.view();
  FUZZ_CHECK(is_sound(batch));
  const DeyEncoder encoder({}, std::bitset<256>{1});
  std::string text;
  std::uint32_t altered = 0;
  for (std::uint32_t row = 0; row < batch.rows;) {
    // Longer when a row does not fit, as the sink does it.
    for (std::size_t size = chunk_size;; size *= 2) {
      std::vector<char> chunk(size);
      const Encoded encoded = encoder.encode(batch, row, chunk);
      FUZZ_CHECK(encoded.bytes <= chunk.size() && encoded.next >= row && encoded.next <= batch.rows);
      if (encoded.next == row) continue;
      text.append(chunk.data(), encoded.bytes);
      altered += encoded.altered;
      row = encoded.next;
      break;
    }
  }
  const auto lines = csv_lines(text);
  std::size_t line = 0;
  std::uint32_t with_controls = 0;
  for (const Row& row : rows) {
    if (!row.stat) continue;
    FUZZ_CHECK(line < lines.size() && lines[line].size() == 17);
    const std::vector<std::string>& fields = lines[line++];
    FUZZ_CHECK(fields[0] == std::to_string(row.inode) && fields[1] == std::to_string(row.parent));
    FUZZ_CHECK(fields[2] == std::to_string(row.depth) && fields[3] == printable(row.path));
    FUZZ_CHECK(fields[5] == std::to_string(row.uid) && fields[7] == std::to_string(static_cast<std::int64_t>(row.size)));
    FUZZ_CHECK(std::stoul(fields[11], nullptr, 8) == row.mode);
    FUZZ_CHECK(fields[15] == (row.listed ? std::to_string(static_cast<std::int64_t>(row.file_count)) : "-1"));
    with_controls += printable(row.path) != row.path ? 1u : 0u;
  }
  FUZZ_CHECK(line == lines.size() && altered == with_controls);
}
