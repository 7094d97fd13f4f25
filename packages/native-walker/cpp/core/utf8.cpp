#include "core/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace pwalk {
namespace {

// Bytes of ASCII at the start, counted in whole words where there are 8 left.
size_t ascii_run(const char* data, size_t size) {
  size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    uint64_t word;
    std::memcpy(&word, data + at, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (at < size && static_cast<unsigned char>(data[at]) < 0x80) ++at;
  return at;
}

// Length of the valid sequence of two bytes or more at the start, 0 when there is none.
size_t sequence_length(const char* data, size_t size) {
  const auto byte = [data](size_t i) { return static_cast<unsigned char>(data[i]); };
  const unsigned first = byte(0);
  const size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  if (length == 0 || length > size) return 0;
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

size_t utf8_sequence(std::string_view bytes) {
  if (bytes.empty()) return 0;
  return static_cast<unsigned char>(bytes[0]) < 0x80 ? 1 : sequence_length(bytes.data(), bytes.size());
}

bool is_utf8(std::string_view bytes) {
  for (;;) {
    bytes.remove_prefix(ascii_run(bytes.data(), bytes.size()));
    if (bytes.empty()) return true;
    const size_t length = sequence_length(bytes.data(), bytes.size());
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
}

size_t whole_characters(std::string_view bytes) {
  for (size_t back = 1; back <= std::min<size_t>(3, bytes.size()); ++back) {
    const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? bytes.size() - back : bytes.size();
  }
  return bytes.size();
}

void append_display(std::string_view bytes, std::string& out) {
  static constexpr char hex[] = "0123456789abcdef";
  while (!bytes.empty()) {
    size_t length = ascii_run(bytes.data(), bytes.size());
    if (length == 0) length = sequence_length(bytes.data(), bytes.size());
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(bytes[0]);
      out += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
      length = 1;
    } else {
      out.append(bytes.data(), length);
    }
    bytes.remove_prefix(length);
  }
}

}  // namespace pwalk
