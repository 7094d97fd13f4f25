#include <string>

#include "core/utf8.hpp"
#include "pwalk/fuzz.hpp"

using namespace pwalk;

namespace {

// The code point at the start and its length, read without a table: 0 bytes where it is none.
std::size_t plain_sequence(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.empty()) return 0;
  if (at(0) < 0x80) return 1;
  const std::size_t size = at(0) >= 0xF0 ? 4 : at(0) >= 0xE0 ? 3 : at(0) >= 0xC0 ? 2 : 0;
  if (size == 0 || at(0) > 0xF7 || size > bytes.size()) return 0;
  std::uint32_t code = at(0) & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (at(i) & 0x3Fu);
  }
  static constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < least[size] || code > 0x10FFFF || surrogate ? 0 : size;
}

}  // namespace

// The display form of a name: UTF-8 always, the name itself where that is, and every other byte shown.
PWALK_FUZZ("display") {
  const std::string_view name = input.rest();
  std::string expected;
  bool valid = true;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t size = plain_sequence(name.substr(at));
    FUZZ_CHECK(utf8_sequence(name.substr(at)) == size);
    if (size > 0) {
      expected += name.substr(at, size);
      at += size;
      continue;
    }
    static constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(name[at++]);
    expected += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    valid = false;
  }
  std::string shown;
  append_display(name, shown);
  FUZZ_CHECK(shown == expected);
  FUZZ_CHECK(is_utf8(shown));
  FUZZ_CHECK(is_utf8(name) == valid);
}
