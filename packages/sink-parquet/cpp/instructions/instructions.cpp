// Encodes made-up entries to Parquet in /dev/null, for bench/instructions.mjs to count the instructions of
// measured(): all default columns, uncompressed, since what zstd does with the bytes is not ours.
#include <fcntl.h>

#include <atomic>
#include <cstdint>
#include <cstdio>

#include "core/file_writer.hpp"
#include "pwalk/bench/made_up_entries.hpp"
#include "pwalk/unique_fd.hpp"

namespace {

using namespace pwalk;
using namespace pwalk::parquet;
using enum ColumnType;
using enum Layout;

constexpr std::uint32_t row_count = 32'768;

EncoderOptions encoder_options() {
  EncoderOptions options;
  options.columns = {
      {"path", utf8, false, prefix, {}},
      {"path_raw", binary, true, delta, {}},
      {"name", utf8, false, delta, {}},
      {"ext", utf8, false, dictionary, {}},
      {"type", words, false, dictionary, {"unknown", "file", "directory"}},
      {"inode", uint64, true, delta, {}},
      {"parent_inode", uint64, false, dictionary, {}},
      {"dev", uint64, true, dictionary, {}},
      {"depth", int32, false, dictionary, {}},
      {"mode", uint32, true, dictionary, {}},
      {"uid", uint32, true, dictionary, {}},
      {"gid", uint32, true, dictionary, {}},
      {"size", uint64, true, delta, {}},
      {"blocks", uint64, true, dictionary, {}},
      {"nlink", uint32, true, dictionary, {}},
      {"is_hardlink", boolean, true, plain, {}},
      {"atime", timestamp, true, delta, {}},
      {"mtime", timestamp, true, delta, {}},
      {"ctime", timestamp, true, delta, {}},
      {"btime", timestamp, true, delta, {}},
      {"file_count", uint64, true, dictionary, {}},
      {"dir_sum", uint64, true, dictionary, {}},
      {"state", words, false, dictionary, {"ok"}},
      {"errno", int32, true, dictionary, {}},
  };
  options.codec = Codec::none;
  options.row_group_rows = 131'072;
  options.page_rows = 32'768;
  return options;
}

}  // namespace

// With a name of C, which a profiler can be told.
extern "C" [[gnu::noinline]] int measured(const BatchView& batch, const EncoderOptions& options, int fd) {
  if (!is_sound(batch, options.columns)) return 1;
  const std::atomic<bool> cancelled{false};
  Output output(fd, cancelled);
  FileWriter file(options, output);
  RowGroup group(options);
  for (std::uint32_t row = 0; row < batch.rows;) row += group.append(batch, row);
  group.finish();
  return file.append(group) != 0 || file.finish({}) != 0 ? 1 : 0;
}

int main() {
  const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const bench::MadeUpEntries entries(row_count);
  const int status = measured({entries.rows, entries.columns()}, encoder_options(), null.get());
  std::printf("%u\n", entries.rows);
  return status;
}
