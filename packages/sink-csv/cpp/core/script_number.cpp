#include "core/script_number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace pwalk::csv {
namespace {

char* put(char* out, std::string_view text) noexcept { return out + text.copy(out, text.size()); }

char* put_zeros(char* out, int count) noexcept {
  for (; count > 0; --count) *out++ = '0';
  return out;
}

}  // namespace

char* put_script_number(char* out, double value) noexcept {
  if (std::isnan(value)) return put(out, "NaN");
  if (value == 0) return put(out, "0");
  if (value < 0) {
    *out++ = '-';
    value = -value;
  }
  if (std::isinf(value)) return put(out, "Infinity");

  // d.ddde±xx, of which the digits and the exponent are taken.
  std::array<char, 32> scientific;
  const char* const end =
      std::to_chars(scientific.data(), scientific.data() + scientific.size(), value, std::chars_format::scientific).ptr;
  std::array<char, 20> kept;
  std::size_t count = 0;
  const char* at = scientific.data();
  for (; *at != 'e'; ++at) {
    if (*at != '.') kept[count++] = *at;
  }
  at += at[1] == '+' ? 2 : 1;
  int exponent = 0;
  std::from_chars(at, end, exponent);
  const std::string_view digits{kept.data(), count};
  const int size = static_cast<int>(count);
  const int point = exponent + 1;  // digits before the point

  if (point >= size && point <= 21) return put_zeros(put(out, digits), point - size);
  if (point > 0 && point <= 21) {
    out = put(out, digits.substr(0, static_cast<std::size_t>(point)));
    *out++ = '.';
    return put(out, digits.substr(static_cast<std::size_t>(point)));
  }
  if (point > -6 && point <= 0) return put(put_zeros(put(out, "0."), -point), digits);
  out = put(out, digits.substr(0, 1));
  if (size > 1) out = put(put(out, "."), digits.substr(1));
  out = put(out, exponent < 0 ? "e-" : "e+");
  return std::to_chars(out, out + 4, exponent < 0 ? -exponent : exponent).ptr;
}

}  // namespace pwalk::csv
