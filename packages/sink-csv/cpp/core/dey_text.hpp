#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pwalk::csv {

// The pieces a row is made of. Each writes at `out`, which must have room, and returns the end.

// What follows the last dot of the last component, looked for from its second byte on. Empty for
// names that end in a dot.
std::string_view extension_of(std::string_view path) noexcept;

// Between quotes; `"` is doubled, and the bytes 0x01 to 0x1F are left out. Adds one to `altered` when
// any were. Takes at most twice the length of the text and two.
char* put_quoted(char* out, std::string_view text, std::uint32_t& altered) noexcept;

// "%07o" between quotes: 13 characters at most.
char* put_mode(char* out, std::uint32_t mode) noexcept;

// Decimal: 20 characters at most.
char* put_number(char* out, std::uint64_t value) noexcept;
char* put_number(char* out, std::int64_t value) noexcept;

// Room that `Repeated::put` needs, more than it takes.
inline constexpr std::size_t repeated_room = 24;

// A number as text, made once for as long as it stays the same: in neighbouring rows many do.
template <class Number>
class Repeated {
 public:
  char* put(char* out, Number value) noexcept {
    if (size_ == 0 || value != value_) {
      value_ = value;
      size_ = static_cast<std::size_t>(put_number(text_.data(), value) - text_.data());
    }
    std::memcpy(out, text_.data(), repeated_room);
    return out + size_;
  }

 private:
  Number value_ = 0;
  std::size_t size_ = 0;
  std::array<char, repeated_room> text_{};
};

// Whole seconds, towards the past.
std::int64_t seconds_of(std::int64_t microseconds) noexcept;

}  // namespace pwalk::csv
