#include "core/surrogate_escape.hpp"

#include <cstdint>
#include <cstring>

#include "core/utf8.hpp"

namespace pwalk {
namespace {

constexpr bool is_high_surrogate(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
constexpr bool is_low_surrogate(uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }
constexpr bool is_escaped_byte(uint32_t unit) { return unit >= 0xDC80 && unit <= 0xDCFF; }

void append_utf8(uint32_t code, std::string& out) {
  const auto put = [&out](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

uint32_t decode_sequence(std::string_view sequence) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(sequence[i]); };
  switch (sequence.size()) {
    case 2: return (byte(0) & 0x1FU) << 6 | (byte(1) & 0x3FU);
    case 3: return (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
    case 4: return (byte(0) & 0x07U) << 18 | (byte(1) & 0x3FU) << 12 | (byte(2) & 0x3FU) << 6 | (byte(3) & 0x3FU);
    default: return byte(0);
  }
}

}  // namespace

bool is_ascii(std::string_view bytes) {
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    seen |= word;
  }
  for (; at < bytes.size(); ++at) seen |= static_cast<unsigned char>(bytes[at]);
  return (seen & 0x8080808080808080U) == 0;
}

void append_utf16(std::string_view bytes, std::u16string& out) {
  while (!bytes.empty()) {
    const size_t length = utf8_sequence(bytes);
    const uint32_t code = length == 0 ? 0xDC00U + static_cast<unsigned char>(bytes[0]) : decode_sequence(bytes.substr(0, length));
    if (code < 0x10000) {
      out.push_back(static_cast<char16_t>(code));
    } else {
      out.push_back(static_cast<char16_t>(0xD7C0 + (code >> 10)));
      out.push_back(static_cast<char16_t>(0xDC00 | (code & 0x3FF)));
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
}

std::optional<std::string> bytes_of_utf16(std::u16string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const uint32_t unit = text[at];
    if (is_high_surrogate(unit) && at + 1 < text.size() && is_low_surrogate(text[at + 1])) {
      append_utf8(0x10000 + ((unit & 0x3FF) << 10 | (text[++at] & 0x3FFU)), bytes);
    } else if (is_escaped_byte(unit)) {
      bytes.push_back(static_cast<char>(unit & 0xFF));
    } else if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
      return std::nullopt;
    } else {
      append_utf8(unit, bytes);
    }
  }
  return bytes;
}

}  // namespace pwalk
