#include "core/iso_time.hpp"

#include <chrono>
#include <cstring>

namespace pwalk::csv {
namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;
// After which the Gregorian calendar repeats itself.
constexpr std::int64_t days_of_400_years = 146'097;

constexpr std::int64_t floor_divided(std::int64_t value, std::int64_t by) noexcept {
  return value / by - (value % by < 0 ? 1 : 0);
}

// So many digits of it, the least significant last.
char* put_digits(char* out, std::uint32_t value, int digits) noexcept {
  for (int at = digits; at-- > 0; value /= 10) out[at] = static_cast<char>('0' + value % 10);
  return out + digits;
}

char* put_year(char* out, std::int64_t year) noexcept {
  if (year >= 0 && year <= 9999) return put_digits(out, static_cast<std::uint32_t>(year), 4);
  *out++ = year < 0 ? '-' : '+';
  return put_digits(out, static_cast<std::uint32_t>(year < 0 ? -year : year), 6);
}

}  // namespace

void IsoTimes::remember(std::int64_t day) noexcept {
  const std::int64_t cycles = floor_divided(day, days_of_400_years);
  // In the years 1970 to 2369, as std::chrono holds no year beyond 32767.
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{day - cycles * days_of_400_years}}};
  char* out = put_year(date_.data(), static_cast<int>(date.year()) + cycles * 400);
  *out++ = '-';
  out = put_digits(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  out = put_digits(out, static_cast<unsigned>(date.day()), 2);
  *out++ = 'T';
  day_ = day;
  date_size_ = static_cast<std::size_t>(out - date_.data());
}

char* IsoTimes::put(char* out, std::int64_t microseconds) noexcept {
  const std::int64_t day = floor_divided(microseconds, microseconds_per_day);
  if (date_size_ == 0 || day != day_) remember(day);
  std::memcpy(out, date_.data(), date_.size());
  out += date_size_;
  // Not microseconds - day * …, which the smallest 64 bits do not hold.
  const std::int64_t rest = microseconds % microseconds_per_day;
  const std::int64_t within = rest < 0 ? rest + microseconds_per_day : rest;
  const auto second = static_cast<std::uint32_t>(within / 1'000'000);
  out = put_digits(out, second / 3600, 2);
  *out++ = ':';
  out = put_digits(out, second / 60 % 60, 2);
  *out++ = ':';
  out = put_digits(out, second % 60, 2);
  *out++ = '.';
  out = put_digits(out, static_cast<std::uint32_t>(within % 1'000'000), 6);
  *out++ = 'Z';
  return out;
}

}  // namespace pwalk::csv
