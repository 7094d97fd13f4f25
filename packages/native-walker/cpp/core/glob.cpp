#include "core/glob.hpp"

#include <cstddef>

namespace pwalk {
namespace {

constexpr size_t none = std::string_view::npos;

struct CharacterClass {
  std::string_view name;
  bool (*has)(unsigned char byte);
};

// ASCII, whatever the locale.
constexpr bool is_lower(unsigned char byte) { return byte >= 'a' && byte <= 'z'; }
constexpr bool is_upper(unsigned char byte) { return byte >= 'A' && byte <= 'Z'; }
constexpr bool is_digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_alpha(unsigned char byte) { return is_lower(byte) || is_upper(byte); }
constexpr bool is_alnum(unsigned char byte) { return is_alpha(byte) || is_digit(byte); }
constexpr bool is_blank(unsigned char byte) { return byte == ' ' || byte == '\t'; }
constexpr bool is_space(unsigned char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
constexpr bool is_cntrl(unsigned char byte) { return byte < 0x20 || byte == 0x7F; }
constexpr bool is_graph(unsigned char byte) { return byte > 0x20 && byte < 0x7F; }
constexpr bool is_print(unsigned char byte) { return byte >= 0x20 && byte < 0x7F; }
constexpr bool is_punct(unsigned char byte) { return is_graph(byte) && !is_alnum(byte); }
constexpr bool is_xdigit(unsigned char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

constexpr CharacterClass classes[] = {
    {"alnum", is_alnum}, {"alpha", is_alpha}, {"blank", is_blank}, {"cntrl", is_cntrl},
    {"digit", is_digit}, {"graph", is_graph}, {"lower", is_lower}, {"print", is_print},
    {"punct", is_punct}, {"space", is_space}, {"upper", is_upper}, {"xdigit", is_xdigit},
};

// Whether the bracket expression that starts at `at` has the byte; moves `at` behind it, to `none`
// when it does not end.
bool bracket_has(std::string_view pattern, size_t& at, unsigned char byte) {
  const auto take = [&](unsigned char& into) {
    if (at < pattern.size() && pattern[at] == '\\') ++at;
    if (at >= pattern.size()) return false;
    into = static_cast<unsigned char>(pattern[at++]);
    return true;
  };
  ++at;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool has = false;
  for (bool first = true;; first = false) {
    if (at >= pattern.size()) break;
    if (pattern[at] == ']' && !first) {
      ++at;
      return has != negated;
    }
    if (pattern.substr(at, 2) == "[:") {
      const size_t end = pattern.find(":]", at + 2);
      if (end != none) {
        const std::string_view name = pattern.substr(at + 2, end - at - 2);
        bool known = false;
        for (const CharacterClass& one : classes) {
          if (one.name != name) continue;
          known = true;
          has = has || one.has(byte);
        }
        if (!known) break;
        at = end + 2;
        continue;
      }
    }
    unsigned char low = 0;
    if (!take(low)) break;
    unsigned char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      ++at;
      if (!take(high)) break;
    }
    has = has || (byte >= low && byte <= high);
  }
  at = none;
  return false;
}

// Whether what stands at `at` (not a star) takes the byte; moves `at` behind it, to `none` where
// the pattern is none.
bool one_matches(std::string_view pattern, size_t& at, unsigned char byte) {
  switch (pattern[at]) {
    case '?': ++at; return true;
    case '[': return bracket_has(pattern, at, byte);
    case '\\':
      if (++at == pattern.size()) {
        at = none;
        return false;
      }
      [[fallthrough]];
    default: return static_cast<unsigned char>(pattern[at++]) == byte;
  }
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t at = 0, read = 0;
  size_t after_star = none, star_read = 0;  // where to go on when the last star takes one byte more
  while (read < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      star_read = read;
      continue;
    }
    if (at < pattern.size()) {
      const bool matches = one_matches(pattern, at, static_cast<unsigned char>(text[read]));
      if (at == none) return false;
      if (matches) {
        ++read;
        continue;
      }
    }
    if (after_star == none) return false;
    at = after_star;
    read = ++star_read;
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace pwalk
