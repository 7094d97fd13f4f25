#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pwalk::csv {

// Characters that `IsoTimes::put` may write, more than a time takes.
inline constexpr std::size_t iso_time_room = 32;

// Times as ISO 8601 with microseconds in UTC, `2026-11-23T12:34:56.123456Z`: what `isoTime` in
// packages/core/src/text/iso-time.ts prints. Years before 0 and after 9999 have a sign and six digits.
// Remembers the date it printed last: of days a tree has few. One thread at a time.
class IsoTimes {
 public:
  // `microseconds` since 1970-01-01, any 64 bits. Returns the end of what it wrote.
  char* put(char* out, std::int64_t microseconds) noexcept;

 private:
  void remember(std::int64_t day) noexcept;

  std::int64_t day_ = 0;
  std::size_t date_size_ = 0;  // 0 before the first
  std::array<char, 16> date_{};
};

}  // namespace pwalk::csv
