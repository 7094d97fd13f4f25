#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/byte_buffer.hpp"

namespace pwalk::parquet {

// Smallest and largest value of a page or a column chunk, in PLAIN encoding without a length.
// Source: parquet.thrift, "Statistics" and "ColumnOrder" (TypeDefinedOrder).
struct Bounds {
  std::string min;
  std::string max;
  // False where a bound was shortened: min is then below, max above every value.
  bool min_exact = true;
  bool max_exact = true;
};

// Shortens text and bytes to about 64 bytes, text at a character. Nothing when no short upper bound
// exists (64 times the largest character).
std::optional<Bounds> shorten(Bounds bounds, bool utf8);

// Collects the bounds of numbers of one type, in that type's order.
template <class T>
class NumberBounds {
 public:
  void widen(T low, T high) noexcept {
    min_ = any_ ? std::min(min_, low) : low;
    max_ = any_ ? std::max(max_, high) : high;
    any_ = true;
  }
  void widen(const NumberBounds& other) noexcept {
    if (other.any_) widen(other.min_, other.max_);
  }
  std::optional<Bounds> bounds() const {
    if (!any_) return std::nullopt;
    return Bounds{bytes_of(min_), bytes_of(max_)};
  }

 private:
  static std::string bytes_of(T value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

  T min_{};
  T max_{};
  bool any_ = false;
};

// The same for text and bytes, ordered by their unsigned bytes.
class TextBounds {
 public:
  void widen(std::string_view value) {
    // string_view compares chars as unsigned bytes: std::char_traits<char> is defined so.
    if (!any_ || value < min_) min_ = value;
    if (!any_ || value > max_) max_ = value;
    any_ = true;
  }
  void widen(const TextBounds& other) {
    if (!other.any_) return;
    widen(other.min_);
    widen(other.max_);
  }
  std::optional<Bounds> bounds() const {
    if (!any_) return std::nullopt;
    return Bounds{min_, max_};
  }
  void clear() noexcept { any_ = false; }

 private:
  std::string min_;
  std::string max_;
  bool any_ = false;
};

}  // namespace pwalk::parquet
