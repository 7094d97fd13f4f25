#include <algorithm>
#include <string>
#include <vector>

#include "core/exclude_rules.hpp"
#include "core/glob.hpp"
#include "pwalk/fuzz.hpp"

using namespace pwalk;

namespace {

// The meaning of *, ? and \ by the book; exponential, so for short patterns.
bool plain_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return plain_matches(pattern.substr(1), text) || (!text.empty() && plain_matches(pattern, text.substr(1)));
  }
  if (text.empty()) return false;
  if (pattern[0] == '?') return plain_matches(pattern.substr(1), text.substr(1));
  if (pattern[0] == '\\') pattern.remove_prefix(1);
  return !pattern.empty() && pattern[0] == text[0] && plain_matches(pattern.substr(1), text.substr(1));
}

bool ends_in_backslash(std::string_view pattern) {
  std::size_t count = 0;
  while (count < pattern.size() && pattern[pattern.size() - 1 - count] == '\\') ++count;
  return count % 2 == 1;
}

}  // namespace

PWALK_FUZZ("glob") {
  const std::string_view pattern = input.text(255);
  const std::string_view text = input.rest().substr(0, 255);
  const bool matches = glob_matches(pattern, text);
  if (pattern.size() > 12 || text.size() > 12 || std::ranges::count(pattern, '*') > 4) return;
  if (pattern.find('[') != std::string_view::npos) return;
  if (!ends_in_backslash(pattern)) FUZZ_CHECK(matches == plain_matches(pattern, text));
}

// Whole rules over paths of several components: the last that matches decides, and asking twice changes nothing.
PWALK_FUZZ("exclude") {
  std::vector<ExcludePattern> patterns;
  for (std::size_t count = input.byte() % 8; count > 0; --count) {
    const std::uint8_t flags = input.byte();
    patterns.push_back({std::string(input.text(64)), (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0});
  }
  std::vector<std::string_view> components;
  for (std::size_t count = 1 + input.byte() % 6; count > 0; --count) components.push_back(input.text(32));
  const DirectoryRef root = Directory::root("/r");
  const bool is_directory = (input.byte() & 1) != 0;
  const ExcludeRules rules(patterns, {});
  const bool excluded = rules.excludes(*root, components, is_directory);
  FUZZ_CHECK(rules.excludes(*root, components, is_directory) == excluded);
  FUZZ_CHECK(!excluded || !patterns.empty());
  // What excludes nothing excludes nothing after a rule that takes everything back.
  patterns.push_back({"*", true, false, false});
  FUZZ_CHECK(!ExcludeRules(patterns, {}).excludes(*root, components, is_directory) ||
             components.back().empty());
}
