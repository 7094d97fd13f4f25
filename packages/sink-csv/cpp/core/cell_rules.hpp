#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pwalk::csv {

// Which cells are quoted: those that must be, all, or all text. Nulls are not.
enum class Quoting : std::uint8_t { minimal, all, strings };
inline constexpr std::size_t quoting_count = 3;

// How a cell of RFC 4180 is written. Every option as csv-stringify understands it in
// src/rfc4180-script.ts, which prints the same bytes.
class CellRules {
 public:
  // Bytes of one character in UTF-8.
  static constexpr std::size_t most_of_delimiter = 4;

  // `delimiter`: one character in UTF-8, neither a quote nor a line break.
  // `safe`: text that a spreadsheet would run gets an apostrophe before it.
  // `is_only`: the row has this one cell, so that an empty one is quoted: an empty line is skipped.
  CellRules(std::string delimiter, Quoting quoting, bool safe, bool is_only);

  std::string_view delimiter() const noexcept { return delimiter_; }

  // Bytes that a cell of so much text needs at most.
  static constexpr std::size_t room(std::size_t text) noexcept { return 2 * text + 3; }

  // Each writes one cell at `out`, which must have room, and returns the end.
  char* put_null(char* out) const noexcept;
  // What came out of the file system, in UTF-8.
  char* put_text(char* out, std::string_view text) const noexcept;
  // Text that we made, such as a time: quoted like text, and never taken for a formula.
  char* put_made_text(char* out, std::string_view text) const noexcept;
  // A number or a boolean.
  char* put_number(char* out, std::string_view number) const noexcept;

 private:
  bool must_be_quoted(std::string_view text) const noexcept;

  std::string delimiter_;
  std::uint64_t delimiter_bytes_;  // the first byte of it, eight times
  bool quotes_numbers_;
  bool quotes_text_;
  bool quotes_empty_text_;
  bool quotes_null_;
  bool safe_;
  bool may_be_in_numbers_;  // the delimiter, in what we make ourselves
};

}  // namespace pwalk::csv
