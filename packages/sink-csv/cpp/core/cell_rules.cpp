#include "core/cell_rules.hpp"

#include <array>

#include "core/eight_bytes.hpp"

namespace pwalk::csv {
namespace {

// `=`, `+`, `-`, `@` in both widths, and white space that some programs skip before looking, as in
// src/spreadsheet.ts.
bool is_formula(std::string_view text) noexcept {
  if (text.empty()) return false;
  constexpr std::string_view narrow = "=+-@\t\r\n";
  if (narrow.find(text.front()) != std::string_view::npos) return true;
  constexpr std::array<std::string_view, 4> wide{"\uff0b", "\uff0d", "\uff1d", "\uff20"};
  for (const std::string_view sign : wide) {
    if (text.starts_with(sign)) return true;
  }
  return false;
}

char* put_quoted(char* out, std::string_view text) noexcept {
  *out++ = '"';
  for (const char byte : text) {
    if (byte == '"') *out++ = '"';
    *out++ = byte;
  }
  *out++ = '"';
  return out;
}

char* put_empty(char* out, bool quoted) noexcept {
  if (!quoted) return out;
  *out++ = '"';
  *out++ = '"';
  return out;
}

char* put_plain(char* out, std::string_view text) noexcept { return out + text.copy(out, text.size()); }

bool is_ascii(char byte) noexcept { return static_cast<unsigned char>(byte) < 0x80; }

// Whether what we make ourselves can have it: digits, letters, and what stands between them.
bool is_of_numbers(char byte) noexcept {
  return is_ascii(byte) && byte > ' ' && byte != ',' && byte != ';' && byte != '|' && byte != '"';
}

}  // namespace

CellRules::CellRules(std::string delimiter, Quoting quoting, bool safe, bool is_only)
    : delimiter_(std::move(delimiter)),
      delimiter_bytes_(each_byte(static_cast<unsigned char>(delimiter_.at(0)))),
      quotes_numbers_(quoting == Quoting::all),
      quotes_text_(quoting != Quoting::minimal),
      quotes_empty_text_(quotes_text_ || is_only),
      quotes_null_(is_only),
      safe_(safe),
      may_be_in_numbers_(is_of_numbers(delimiter_.front())) {}

// Hardly any text must be, so most is only looked through eight bytes at a time.
bool CellRules::must_be_quoted(std::string_view text) const noexcept {
  const std::uint64_t special = any_of_text(text, [this](std::uint64_t eight) {
    return equal(eight, each_byte('"')) | equal(eight, each_byte('\n')) | equal(eight, each_byte('\r')) |
           equal(eight, delimiter_bytes_);
  });
  if (special == 0) return false;
  return text.find_first_of("\"\r\n") != std::string_view::npos || text.find(delimiter_) != std::string_view::npos;
}

char* CellRules::put_null(char* out) const noexcept { return put_empty(out, quotes_null_); }

char* CellRules::put_text(char* out, std::string_view text) const noexcept {
  if (!safe_ || !is_formula(text)) return put_made_text(out, text);
  const bool quoted = quotes_text_ || delimiter_ == "'" || must_be_quoted(text);
  if (!quoted) {
    *out++ = '\'';
    return put_plain(out, text);
  }
  // The apostrophe takes the place of the opening quote, which goes before it.
  char* const end = put_quoted(out + 1, text);
  out[0] = '"';
  out[1] = '\'';
  return end;
}

char* CellRules::put_made_text(char* out, std::string_view text) const noexcept {
  if (text.empty()) return put_empty(out, quotes_empty_text_);
  return quotes_text_ || must_be_quoted(text) ? put_quoted(out, text) : put_plain(out, text);
}

char* CellRules::put_number(char* out, std::string_view number) const noexcept {
  const bool quoted = quotes_numbers_ || (may_be_in_numbers_ && number.find(delimiter_) != std::string_view::npos);
  return quoted ? put_quoted(out, number) : put_plain(out, number);
}

}  // namespace pwalk::csv
