#include "core/dey_text.hpp"

#include <charconv>

#include "core/eight_bytes.hpp"

namespace pwalk::csv {
namespace {

constexpr std::size_t number_width = 20;

bool is_control(char byte) noexcept { return static_cast<unsigned char>(byte) < 0x20; }

// Most names have neither control characters nor quotes.
bool is_plain(std::string_view text) noexcept {
  return any_of_text(text, [](std::uint64_t eight) { return below(eight, 0x20) | equal(eight, each_byte('"')); }) == 0;
}

}  // namespace

std::string_view extension_of(std::string_view path) noexcept {
  for (std::size_t at = path.size(); at > 0; --at) {
    const char byte = path[at - 1];
    if (byte == '/') break;
    if (byte != '.') continue;
    const bool is_first = at == 1 || path[at - 2] == '/';
    return is_first ? std::string_view{} : path.substr(at);
  }
  return {};
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
