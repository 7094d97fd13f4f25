#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dey_batch.hpp"
#include "core/encoded.hpp"

namespace pwalk::csv {

// Formats rows as pwalk 3.0 prints them: 17 columns, LF, and of the text columns only the path, the
// extension and the mode between quotes. One object may be used by several threads at once.
class DeyEncoder {
 public:
  // `slash_roots`: the roots that were typed with a slash at their end. pwalk prints another slash
  // behind those, where our paths have one.
  // `printed_states`: the codes of the states whose rows are printed.
  DeyEncoder(std::vector<std::string> slash_roots, std::bitset<256> printed_states);

  // Formats rows from `row` on until `chunk` has no room for another. The batch must be sound.
  Encoded encode(const DeyBatch& batch, std::uint32_t row, std::span<char> chunk) const noexcept;

 private:
  struct InCommon;

  bool is_printed(const DeyBatch& batch, bool has_stats, std::uint32_t row) const noexcept;
  std::size_t doubled_slash(std::string_view path, std::int32_t depth) const noexcept;
  char* put_row(char* out, const DeyBatch& batch, std::uint32_t row, InCommon& common,
                std::uint32_t& altered) const noexcept;

  std::vector<std::string> slash_roots_;
  std::bitset<256> printed_states_;
};

}  // namespace pwalk::csv
