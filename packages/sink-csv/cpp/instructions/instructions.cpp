// Encodes made-up entries in memory, for bench/instructions.mjs to count the instructions of measured().
//
//   instructions dey-csv|csv
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "core/dey_encoder.hpp"
#include "core/rfc4180_encoder.hpp"
#include "pwalk/bench/made_up_entries.hpp"

namespace {

using namespace pwalk;
using namespace pwalk::csv;

constexpr std::uint32_t row_count = 32'768;

DeyBatch dey_batch(const bench::MadeUpEntries& e) {
  return {e.rows,
          {e.path.view(), e.path_raw.view(), e.state.view(), e.parent_inode.view(), e.depth.view(), e.inode.view(),
           e.mode.view(), e.uid.view(), e.gid.view(), e.nlink.view(), e.size.view(), e.dev.view(), e.blocks.view(),
           e.atime.view(), e.mtime.view(), e.ctime.view(), e.file_count.view(), e.dir_sum.view()}};
}

Encoded encode_dey(const bench::MadeUpEntries& entries, std::vector<char>& chunk) {
  const DeyBatch batch = dey_batch(entries);
  if (!is_sound(batch)) return {};
  return DeyEncoder({}, 1).encode(batch, 0, chunk);
}

// The default columns.
Encoded encode_csv(const bench::MadeUpEntries& entries, std::vector<char>& chunk) {
  using enum CellType;
  const std::vector<CsvColumn> columns{
      {utf8, {}},   {binary, {}}, {utf8, {}},      {utf8, {}},      {dictionary, {"unknown", "file", "directory"}},
      {uint64, {}}, {uint64, {}}, {uint64, {}},    {int32, {}},     {uint32, {}},
      {uint32, {}}, {uint32, {}}, {uint64, {}},    {uint64, {}},    {uint32, {}},
      {boolean, {}}, {timestamp, {}}, {timestamp, {}}, {timestamp, {}}, {timestamp, {}},
      {uint64, {}}, {uint64, {}}, {dictionary, {"ok"}}, {int32, {}},
  };
  const Rfc4180Encoder encoder(columns, CellRules(",", Quoting::minimal, false, false));
  const CsvBatch batch{entries.rows, entries.columns()};
  if (!encoder.is_sound(batch)) return {};
  return encoder.encode(batch, 0, chunk);
}

using Encode = Encoded (*)(const bench::MadeUpEntries&, std::vector<char>&);

}  // namespace

// With a name of C, which a profiler can be told.
extern "C" [[gnu::noinline]] std::uint32_t measured(Encode encode, const bench::MadeUpEntries& entries,
                                                     std::vector<char>& chunk) {
  return encode(entries, chunk).printed;
}

int main(int argc, char** argv) {
  const std::string_view format = argc == 2 ? argv[1] : "";
  if (format != "dey-csv" && format != "csv") {
    std::fputs("usage: instructions dey-csv|csv\n", stderr);
    return 2;
  }
  const bench::MadeUpEntries entries(row_count);
  std::vector<char> chunk(32 << 20);
  const std::uint32_t printed = measured(format == "csv" ? encode_csv : encode_dey, entries, chunk);
  std::printf("%u\n", printed);
  return printed == entries.rows ? 0 : 1;
}
