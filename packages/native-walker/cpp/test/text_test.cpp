#include <string>

#include "core/extension.hpp"
#include "core/path_text.hpp"
#include "core/stat_row.hpp"
#include "core/utf8.hpp"
#include "pwalk/check.hpp"

using namespace pwalk;

namespace {

std::string display(std::string_view bytes) {
  std::string out;
  append_display(bytes, out);
  return out;
}

}  // namespace

PWALK_TEST("UTF-8 is checked strictly") {
  for (const char* valid : {"", "plain", "12345678", "123456789", "caf\xC3\xA9", "\xE2\x82\xAC uro sign",
                            "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xEE\x80\x80", "long enough for words \xC3\xA9"}) {
    CHECK(is_utf8(valid));
  }
  for (const char* invalid : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                              "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "abcdefgh\xFF", "\xC3\x28"}) {
    CHECK(!is_utf8(invalid));
  }
}

PWALK_TEST("display keeps valid sequences and escapes every other byte") {
  CHECK_EQ(display("caf\xC3\xA9"), "caf\xC3\xA9");
  CHECK_EQ(display("a\xFFz"), "a\\xffz");
  CHECK_EQ(display("\xE2\x82"), "\\xe2\\x82");
  CHECK_EQ(display("\xED\xA0\x80!"), "\\xed\\xa0\\x80!");
  CHECK_EQ(display("back\\slash"), "back\\slash");
  CHECK(is_utf8(display("\x80\xC3\xA9\xF4\x90")));
}

PWALK_TEST("an extension starts after the last dot that is not the first byte") {
  CHECK_EQ(extension_of("a.tar.gz"), "gz");
  CHECK_EQ(extension_of(".bashrc"), "");
  CHECK_EQ(extension_of(".bashrc.bak"), "bak");
  CHECK_EQ(extension_of("..foo"), "foo");
  CHECK_EQ(extension_of("foo."), "");
  CHECK_EQ(extension_of("README"), "");
  CHECK_EQ(extension_of("A.TXT"), "TXT");
}

PWALK_TEST("times are microseconds rounded down, saturated at the ends") {
  CHECK_EQ(to_micros(1, 999).value, 1'000'000);
  CHECK_EQ(to_micros(-2, 500'000'000).value, -1'500'000);
  CHECK_EQ(to_micros(-1, 999'999'999).value, -1);
  CHECK(to_micros(int64_t{1} << 62, 0).clamped);
  CHECK_EQ(to_micros(int64_t{1} << 62, 0).value, INT64_MAX);
  CHECK_EQ(to_micros(-(int64_t{1} << 62), 0).value, INT64_MIN);
  CHECK(!to_micros(9'223'372'036'000, 0).clamped);
}

PWALK_TEST("a path is its components, rewritten from the common ancestor on") {
  const auto child = [](const DirectoryRef& parent, const char* name) { return Directory::child(parent, name, nullptr); };
  const DirectoryRef root = Directory::root("/data");
  const DirectoryRef a = child(root, "a");
  const DirectoryRef deep = child(child(a, "b"), "a longer name");
  const DirectoryRef sibling = child(a, "c");
  const DirectoryRef other_root = Directory::root("other/");
  PathText path;
  path.enter(deep);
  CHECK_EQ(path.raw(), "/data/a/b/a longer name");
  path.enter(sibling);
  CHECK_EQ(path.raw(), "/data/a/c");
  path.enter(root);
  CHECK_EQ(path.raw(), "/data");
  CHECK_EQ(path.separator(), "/");
  path.enter(deep);
  CHECK_EQ(path.raw(), "/data/a/b/a longer name");
  path.enter(other_root);
  CHECK_EQ(path.raw(), "other/");
  CHECK_EQ(path.separator(), "");
  path.enter(child(child(other_root, "x"), "y"));
  CHECK_EQ(path.raw(), "other/x/y");
  path.enter(child(root, "\xFF"));
  CHECK(!path.is_utf8());
  CHECK_EQ(path.display(), "/data/\\xff");
  path.enter(a);
  CHECK(path.is_utf8());
  CHECK_EQ(path.display(), "/data/a");
}

PWALK_TEST("text that was cut loses the character the cut went through, and no other") {
  for (const auto& [bytes, length] : {std::pair{"", 0U}, {"a", 1U}, {"\xC3", 0U}, {"\xC3\xA9", 2U}, {"a\xE2\x82", 1U},
                                      {"\xE2\x82\xAC", 3U}, {"a\xF0\x9F\x98", 1U}, {"\xF0\x9F\x98\x80", 4U}, {"\x80\x80\x80\x80", 4U},
                                      {"\xFF", 0U}, {"\xFF/", 2U}}) {
    CHECK_EQ(whole_characters(bytes), length);
  }
}

PWALK_TEST("a root's name is its last component as typed") {
  for (const auto& [typed, name] : {std::pair{"/", "/"}, {"//", "/"}, {".", "."}, {"..", ".."}, {"a/b", "b"}, {"a/b//", "b"}, {"/x", "x"}}) {
    CHECK_EQ(Directory::root(typed)->last_component(), std::string_view(name));
  }
}
