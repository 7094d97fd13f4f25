// Encodes made-up entries to dey-csv in memory, for bench/instructions.mjs to count the instructions of
// measured().
#include <cstdint>
#include <cstdio>
#include <vector>

#include "core/dey_encoder.hpp"
#include "pwalk/bench/made_up_entries.hpp"

namespace {

using namespace pwalk;
using namespace pwalk::csv;

constexpr std::uint32_t row_count = 32'768;

DeyBatch view_of(const bench::MadeUpEntries& e) {
  return {e.rows,
          {e.path.view(), e.path_raw.view(), e.state.view(), e.parent_inode.view(), e.depth.view(), e.inode.view(),
           e.mode.view(), e.uid.view(), e.gid.view(), e.nlink.view(), e.size.view(), e.dev.view(), e.blocks.view(),
           e.atime.view(), e.mtime.view(), e.ctime.view(), e.file_count.view(), e.dir_sum.view()}};
}

}  // namespace

// With a name of C, which a profiler can be told.
extern "C" [[gnu::noinline]] std::uint32_t measured(const DeyBatch& batch, std::vector<char>& chunk) {
  if (!is_sound(batch)) return 0;
  const DeyEncoder encoder({}, 1);
  return encoder.encode(batch, 0, chunk).printed;
}

int main() {
  const bench::MadeUpEntries entries(row_count);
  std::vector<char> chunk(16 << 20);
  const std::uint32_t printed = measured(view_of(entries), chunk);
  std::printf("%u\n", printed);
  return printed == entries.rows ? 0 : 1;
}
