#include <algorithm>

#include "core/exclude_rules.hpp"
#include "core/glob.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;

PWALK_TEST("a glob matches bytes as gitignore says") {
  struct Case {
    const char* pattern;
    const char* yes;
    const char* no;
  };
  for (const auto& [pattern, yes, no] : {
           Case{"", "", "a"}, Case{"abc", "abc", "ab"}, Case{"a*", "a", "ba"}, Case{"*a*", "bac", "bc"},
           Case{"*.o", ".o", ".oo"}, Case{"a**b", "axxb", "axxc"}, Case{"?", "x", "xy"}, Case{"\\*", "*", "x"},
           Case{"[abc]x", "bx", "dx"}, Case{"[!abc]", "d", "a"}, Case{"[^abc]", "d", "b"}, Case{"[a-c]", "b", "d"},
           Case{"[]]", "]", "["}, Case{"[!]]", "x", "]"}, Case{"[\\]a]", "]", "\\"}, Case{"[a-]", "-", "b"},
           Case{"[-a]", "-", "b"}, Case{"[[:digit:]x]", "7", "y"}, Case{"[![:upper:]]", "a", "A"}, Case{"[[]", "[", "]"},
           Case{"*[0-9]*[0-9]", "a1b2", "a1b"}, Case{"[\x80-\xFF]", "\xE9", "e"}, Case{"*ab*ab*c", "abababc", "ababab"},
       }) {
    CHECK(glob_matches(pattern, yes));
    CHECK(!glob_matches(pattern, no));
  }
  for (const char* none : {"[a", "a\\", "[", "[!", "[[:alpha:]", "[[:nothing:]]", "[\\"}) {
    CHECK(!glob_matches(none, "a"));
    CHECK(!glob_matches(none, none));
  }
  // Quadratic at worst: a second would not do for one that tries every split.
  const std::string text(4000, 'a');
  CHECK(!glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab", text));
}

PWALK_TEST("anchored patterns match components, ** any number of them") {
  const auto excludes = [](const char* glob, std::vector<std::string_view> components) {
    const ExcludeRules rules({{.glob = glob, .anchored = true}}, {});
    return rules.excludes(*Directory::root("r"), components, false);
  };
  CHECK(excludes("a/b", {"a", "b"}) && !excludes("a/b", {"x", "a", "b"}) && !excludes("a/b", {"a", "b", "c"}));
  CHECK(excludes("**/b", {"b"}) && excludes("**/b", {"x", "y", "b"}) && !excludes("**/b", {"x", "bb"}));
  CHECK(excludes("a/**", {"a", "x"}) && excludes("a/**", {"a", "x", "y"}) && !excludes("a/**", {"a"}));
  CHECK(excludes("a/**/b", {"a", "b"}) && excludes("a/**/b", {"a", "x", "y", "b"}) && !excludes("a/**/b", {"a", "x"}));
  CHECK(excludes("**/a/**/c", {"a", "x", "a", "y", "c"}) && !excludes("**/a/**/c", {"b", "c"}));
  CHECK(excludes("*/x?", {"any", "xy"}) && !excludes("*/x?", {"any", "deep", "xy"}));
}

PWALK_TEST("excluded directories are a row and not entered, other excluded entries are counted") {
  const ScratchTree tree;
  tree.directory("keep");
  tree.directory("cache");
  tree.directory("keep/cache");
  tree.file("keep/cache/inner", 1);
  tree.file("keep/a.tmp", 10);
  tree.file("keep/b.tmp", 5);
  tree.file("keep/c", 1);
  tree.directory("keep/exact");
  WalkOptions options;
  options.roots = {tree.path()};
  options.threads = 2;
  options.exclude = {{.glob = "cache", .directories_only = true}, {.glob = "*.tmp"}, {.glob = "keep/b.tmp", .negated = true, .anchored = true}};
  options.exclude_paths = {tree / "keep/exact"};
  for (const ColumnSet columns : {all_columns, ColumnSet::of(Column::path, Column::state, Column::file_count)}) {
    options.columns = columns;
    const Scan result = scan(options);
    CHECK_EQ(result.accounting.excluded, 1U);
    CHECK_EQ(result.count(EntryState::excluded), 3U);
    CHECK(result.find(tree / "cache")->state == EntryState::excluded && !result.find(tree / "cache")->file_count);
    CHECK(result.find(tree / "keep/exact")->state == EntryState::excluded);
    CHECK(result.find(tree / "keep/cache/inner") == nullptr && result.find(tree / "keep/a.tmp") == nullptr);
    CHECK(result.find(tree / "keep/b.tmp") != nullptr && result.find(tree / "keep/c") != nullptr);
    CHECK(result.find(tree / "keep")->file_count == 5U);
  }
  // Roots are meant.
  options.roots = {tree / "cache"};
  CHECK_EQ(scan(options).count(EntryState::ok), 1U);
}
