#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pwalk::csv {

constexpr std::uint64_t each_byte(std::uint64_t byte) noexcept { return byte * 0x0101'0101'0101'0101; }

// Not 0 when one of the eight bytes is below `limit`, which is at most 0x80: such a byte borrows from
// its highest bit, which it had not set. Which byte it is cannot be told.
constexpr std::uint64_t below(std::uint64_t eight, std::uint64_t limit) noexcept {
  return (eight - each_byte(limit)) & ~eight & each_byte(0x80);
}

// Not 0 when one of the eight bytes is that of `eight_times`, which is made with `each_byte`.
constexpr std::uint64_t equal(std::uint64_t eight, std::uint64_t eight_times) noexcept {
  return below(eight ^ eight_times, 1);
}

// Gathers, with |, what `special(eight bytes)` says of a text. Short texts are filled up with spaces,
// and some bytes of others are seen twice, so `special` must only ask what bytes there are.
template <class Special>
std::uint64_t any_of_text(std::string_view text, const Special& special) noexcept {
  const char* const data = text.data();
  const std::size_t size = text.size();
  std::uint64_t eight = 0;
  if (size >= sizeof eight) {
    std::uint64_t found = 0;
    const std::size_t last = size - sizeof eight;
    for (std::size_t at = 0; at < last; at += sizeof eight) {
      std::memcpy(&eight, data + at, sizeof eight);
      found |= special(eight);
    }
    std::memcpy(&eight, data + last, sizeof eight);
    return found | special(eight);
  }
  if (size >= 4) {
    std::uint32_t first;
    std::uint32_t last;
    std::memcpy(&first, data, sizeof first);
    std::memcpy(&last, data + size - sizeof last, sizeof last);
    return special(std::uint64_t{last} << 32 | first);
  }
  if (size == 0) return 0;
  const auto byte = [data](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(data[at])}; };
  return special((each_byte(' ') << 24) | byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1));
}

}  // namespace pwalk::csv
