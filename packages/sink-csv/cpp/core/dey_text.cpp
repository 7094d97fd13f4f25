#include "core/dey_text.hpp"

#include <charconv>

namespace pwalk::csv {
namespace {

constexpr std::size_t number_width = 20;

bool is_control(char byte) noexcept { return static_cast<unsigned char>(byte) < 0x20; }

// Looks at all bytes without a branch, so that it compiles to vector code.
bool is_plain(std::string_view text) noexcept {
  bool special = false;
  for (const char byte : text) special |= is_control(byte) | (byte == '"');
  return !special;
}

}  // namespace

std::string_view extension_of(std::string_view path) noexcept {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  return name.substr(dot + 1);
}

char* put_quoted(char* out, std::string_view text, std::uint32_t& altered) noexcept {
  *out++ = '"';
  if (is_plain(text)) {
    out += text.copy(out, text.size());
  } else {
    bool left_out = false;
    for (const char byte : text) {
      if (is_control(byte)) {
        left_out = true;
        continue;
      }
      if (byte == '"') *out++ = '"';
      *out++ = byte;
    }
    if (left_out) ++altered;
  }
  *out++ = '"';
  return out;
}

char* put_mode(char* out, std::uint32_t mode) noexcept {
  *out++ = '"';
  for (std::uint32_t least = 1u << 18; mode < least && least > 1; least >>= 3) *out++ = '0';
  out = std::to_chars(out, out + number_width, mode, 8).ptr;
  *out++ = '"';
  return out;
}

char* put_number(char* out, std::uint64_t value) noexcept { return std::to_chars(out, out + number_width, value).ptr; }
char* put_number(char* out, std::int64_t value) noexcept { return std::to_chars(out, out + number_width, value).ptr; }

std::int64_t seconds_of(std::int64_t microseconds) noexcept {
  const std::int64_t seconds = microseconds / 1'000'000;
  return microseconds % 1'000'000 < 0 ? seconds - 1 : seconds;
}

}  // namespace pwalk::csv
