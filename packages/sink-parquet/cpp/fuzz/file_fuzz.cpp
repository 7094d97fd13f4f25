#include <algorithm>
#include <string>
#include <vector>

#include "pwalk/fuzz.hpp"
#include "test/batches.hpp"
#include "test/file_reader.hpp"

using namespace pwalk::parquet;
using namespace pwalk::parquet::test;

namespace {

const std::vector<ColumnSpec>& columns() {
  static const std::vector<ColumnSpec> specs{
      {"path", ColumnType::utf8, false, Layout::prefix, {}},
      {"raw", ColumnType::binary, true, Layout::delta, {}},
      {"owner", ColumnType::utf8, true, Layout::dictionary, {}},
      {"inode", ColumnType::uint64, true, Layout::delta, {}},
      {"uid", ColumnType::uint32, false, Layout::dictionary, {}},
      {"link", ColumnType::boolean, true, Layout::plain, {}},
      {"state", ColumnType::words, false, Layout::dictionary, {"ok", "denied", ""}},
  };
  return specs;
}

Cell cell_of(const ColumnSpec& spec, pwalk::fuzz::Input& input) {
  if (spec.nullable && input.byte() % 3 == 0) return std::nullopt;
  switch (physical_type(spec.type)) {
    case PhysicalType::boolean: return std::string(1, static_cast<char>(input.byte() & 1));
    case PhysicalType::int32: return as_bytes(std::vector<std::uint32_t>{input.value<std::uint32_t>()})[0];
    case PhysicalType::int64:
    case PhysicalType::float64: return as_bytes(std::vector<std::uint64_t>{input.value<std::uint64_t>()})[0];
    case PhysicalType::byte_array: break;
  }
  if (spec.type == ColumnType::words) return spec.words[input.byte() % spec.words.size()];
  return std::string(input.text(100));
}

}  // namespace

// A whole file, in pages and row groups of any size, returns what was put into it: in its order when one
// lane encodes, in any order of the batches when several do.
PWALK_FUZZ("file") {
  EncoderOptions options;
  options.columns = columns();
  options.codec = Codec::none;
  options.page_rows = 1u + input.byte();
  options.row_group_rows = 1u + input.byte();
  options.dictionary_entries = input.byte();
  options.lanes = 1u + input.byte() % 3;
  std::vector<Batch> batches;
  std::vector<std::vector<Cell>> expected;
  for (std::size_t count = input.byte() % 4; count > 0; --count) {
    const std::size_t rows = 1 + input.byte() % 60;
    std::vector<std::vector<Cell>> cells(columns().size());
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<Cell>& line = expected.emplace_back();
      for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i].push_back(cell_of(columns()[i], input));
        line.push_back(cells[i].back());
      }
    }
    batches.push_back(make_batch(columns(), cells, (input.byte() & 1) != 0));
  }
  pwalk::check::failed() = false;
  const std::string file = encode(options, batches);
  std::vector<std::vector<Cell>> returned = read_file(file, columns());
  if (options.lanes > 1) {
    std::ranges::sort(returned);
    std::ranges::sort(expected);
  }
  FUZZ_CHECK(returned == expected);
  FUZZ_CHECK(!pwalk::check::failed());
}
