#include "core/bounds.hpp"

namespace pwalk::parquet {
namespace {

constexpr std::size_t longest_bound = 64;

bool continues(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The longest beginning of `text` within the limit that does not split a character.
std::string_view beginning(std::string_view text, bool utf8) noexcept {
  std::size_t size = longest_bound;
  while (utf8 && size > 0 && continues(text[size])) --size;
  return text.substr(0, size);
}

char32_t decode(std::string_view character) noexcept {
  const auto first = static_cast<unsigned char>(character[0]);
  char32_t code = character.size() == 1 ? first : first & (0x7Fu >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(character[i]) & 0x3F);
  }
  return code;
}

void append_utf8(char32_t code, std::string& to) {
  const auto tail = [&](int shift) { to += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    to += static_cast<char>(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    to += static_cast<char>(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

// The least text of no more characters above all that begins with `text`: its last character that
// is not the largest, plus one. The order of code points is the order of their UTF-8 bytes.
std::optional<std::string> text_above(std::string text) {
  while (!text.empty()) {
    std::size_t at = text.size() - 1;
    while (at > 0 && continues(text[at])) --at;
    const char32_t code = decode(std::string_view(text).substr(at));
    text.resize(at);
    if (code >= 0x10FFFF) continue;
    append_utf8(code == 0xD7FF ? 0xE000 : code + 1, text);
    return text;
  }
  return std::nullopt;
}

std::optional<std::string> bytes_above(std::string bytes) {
  while (!bytes.empty() && static_cast<unsigned char>(bytes.back()) == 0xFF) bytes.pop_back();
  if (bytes.empty()) return std::nullopt;
  bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) + 1);
  return bytes;
}

}  // namespace

std::optional<Bounds> shorten(Bounds bounds, bool utf8) {
  if (bounds.min.size() > longest_bound) {
    bounds.min = beginning(bounds.min, utf8);
    bounds.min_exact = false;
  }
  if (bounds.max.size() > longest_bound) {
    std::string begin{beginning(bounds.max, utf8)};
    std::optional<std::string> above = utf8 ? text_above(std::move(begin)) : bytes_above(std::move(begin));
    if (!above) return std::nullopt;
    bounds.max = *std::move(above);
    bounds.max_exact = false;
  }
  return bounds;
}

}  // namespace pwalk::parquet
