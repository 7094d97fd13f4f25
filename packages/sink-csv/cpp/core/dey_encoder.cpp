#include "core/dey_encoder.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "core/dey_text.hpp"

namespace pwalk::csv {
namespace {

// A row without its path and extension: 14 numbers, the mode, four quotes, 16 commas, a line feed and
// the slash that a root may get. The path may double, and the extension is no longer than it.
constexpr std::size_t row_overhead = 14 * 20 + 13 + 4 + 16 + 1 + 1 + repeated_room;
constexpr std::size_t most_bytes_per_path_byte = 4;

// Numbers are printed with the signs that pwalk's printf gives them.
template <class Stored, class Printed>
char* put(char* out, const DeyBatch& batch, Column column, std::uint32_t row) noexcept {
  out = put_number(out, Printed{static_cast<Printed>(batch[column].values<Stored>()[row])});
  *out++ = ',';
  return out;
}

template <class Stored, class Printed>
char* put(char* out, const DeyBatch& batch, Column column, std::uint32_t row, Repeated<Printed>& repeated) noexcept {
  out = repeated.put(out, static_cast<Printed>(batch[column].values<Stored>()[row]));
  *out++ = ',';
  return out;
}

char* put_seconds(char* out, const DeyBatch& batch, Column column, std::uint32_t row,
                  Repeated<std::int64_t>& repeated) noexcept {
  out = repeated.put(out, seconds_of(batch[column].values<std::int64_t>()[row]));
  *out++ = ',';
  return out;
}

}  // namespace

// What the rows of one directory have in common. The times of a row are mostly of one second.
struct DeyEncoder::InCommon {
  Repeated<std::uint64_t> parent_inode;
  Repeated<std::int64_t> depth, uid, gid, dev, nlink, time;
};

DeyEncoder::DeyEncoder(std::vector<std::string> slash_roots, std::bitset<256> printed_states)
    : slash_roots_(std::move(slash_roots)), printed_states_(printed_states) {
  std::sort(slash_roots_.begin(), slash_roots_.end());
}

bool DeyEncoder::is_printed(const DeyBatch& batch, bool has_stats, std::uint32_t row) const noexcept {
  return printed_states_[batch[Column::state].values<std::uint8_t>()[row]] && (has_stats || batch.has_stat(row));
}

// Where the path gets another slash: the length of its root when that was typed with one at its end,
// else 0. An entry has depth + 1 components below its root.
std::size_t DeyEncoder::doubled_slash(std::string_view path, std::int32_t depth) const noexcept {
  if (slash_roots_.empty() || depth < 0) return 0;
  std::size_t end = path.size();
  for (std::int32_t component = 0; component <= depth; ++component) {
    end = end == 0 ? std::string_view::npos : path.rfind('/', end - 1);
    if (end == std::string_view::npos) return 0;
  }
  const std::string_view root = path.substr(0, end + 1);
  return std::binary_search(slash_roots_.begin(), slash_roots_.end(), root, std::less<>()) ? root.size() : 0;
}

char* DeyEncoder::put_row(char* out, const DeyBatch& batch, std::uint32_t row, InCommon& common,
                          std::uint32_t& altered) const noexcept {
  const std::string_view path = batch.exact_path(row);
  const std::int32_t depth = batch[Column::depth].values<std::int32_t>()[row];
  const std::uint32_t mode = batch[Column::mode].values<std::uint32_t>()[row];
  out = put<std::uint64_t, std::uint64_t>(out, batch, Column::inode, row);
  out = put<std::uint64_t>(out, batch, Column::parent_inode, row, common.parent_inode);
  out = put<std::int32_t>(out, batch, Column::depth, row, common.depth);
  if (const std::size_t root = doubled_slash(path, depth)) {
    // Written in two pieces: the first without its closing quote, which the slash takes the place of,
    // the second's opening quote dropped by starting on it.
    std::uint32_t altered_root = 0;
    std::uint32_t altered_rest = 0;
    out = put_quoted(out, path.substr(0, root), altered_root) - 1;
    char* const joint = out;
    out = put_quoted(out, path.substr(root), altered_rest);
    *joint = '/';
    if (altered_root + altered_rest != 0) ++altered;
  } else {
    out = put_quoted(out, path, altered);
  }
  *out++ = ',';
  std::uint32_t counted_with_the_path = 0;
  out = put_quoted(out, S_ISDIR(mode) ? std::string_view{} : extension_of(path), counted_with_the_path);
  *out++ = ',';
  out = put<std::uint32_t>(out, batch, Column::uid, row, common.uid);
  out = put<std::uint32_t>(out, batch, Column::gid, row, common.gid);
  out = put<std::uint64_t, std::int64_t>(out, batch, Column::size, row);
  out = put<std::uint64_t>(out, batch, Column::dev, row, common.dev);
  out = put<std::uint64_t, std::int64_t>(out, batch, Column::blocks, row);
  out = put<std::int32_t>(out, batch, Column::nlink, row, common.nlink);
  out = put_mode(out, mode);
  *out++ = ',';
  out = put_seconds(out, batch, Column::atime, row, common.time);
  out = put_seconds(out, batch, Column::mtime, row, common.time);
  out = put_seconds(out, batch, Column::ctime, row, common.time);
  const ColumnView& count = batch[Column::file_count];
  const ColumnView& sum = batch[Column::dir_sum];
  out = put_number(out, count.is_valid(row) ? count.values<std::int64_t>()[row] : std::int64_t{-1});
  *out++ = ',';
  out = put_number(out, sum.is_valid(row) ? sum.values<std::int64_t>()[row] : std::int64_t{0});
  *out++ = '\n';
  return out;
}

Encoded DeyEncoder::encode(const DeyBatch& batch, std::uint32_t row, std::span<char> chunk) const noexcept {
  Encoded encoded;
  InCommon common;
  const bool has_stats = batch.has_stats();
  char* out = chunk.data();
  char* const end = out + chunk.size();
  for (; row < batch.rows; ++row) {
    if (!is_printed(batch, has_stats, row)) continue;
    const std::size_t most = batch.exact_path(row).size() * most_bytes_per_path_byte + row_overhead;
    if (static_cast<std::size_t>(end - out) < most) break;
    out = put_row(out, batch, row, common, encoded.altered);
    ++encoded.printed;
  }
  encoded.next = row;
  encoded.bytes = static_cast<std::size_t>(out - chunk.data());
  return encoded;
}

}  // namespace pwalk::csv
