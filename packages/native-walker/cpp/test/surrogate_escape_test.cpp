#include <string>

#include "core/surrogate_escape.hpp"
#include "pwalk/check.hpp"

using pwalk::append_utf16;
using pwalk::bytes_of_utf16;

namespace {

std::u16string decoded(std::string_view bytes) {
  std::u16string text;
  append_utf16(bytes, text);
  return text;
}

}  // namespace

PWALK_TEST("bytes that are not UTF-8 become lone surrogates, each on its own") {
  CHECK(decoded("a\xff") == u"a\xdcff");
  CHECK(decoded("\xf0\x9f\x98") == u"\xdcf0\xdc9f\xdc98");
  CHECK(decoded("\xed\xa0\x80") == u"\xdced\xdca0\xdc80");
  CHECK(decoded("\xc3\xbc\xe6\x96\x87\xf0\x9f\x98\x80") == u"ü文😀");
}

PWALK_TEST("every pair of bytes survives the way to text and back") {
  for (int first = 1; first < 256; ++first) {
    for (int second = 1; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second), 'x', static_cast<char>(second)};
      if (bytes_of_utf16(decoded(bytes)).value_or("") != bytes) CHECK_EQ(first * 1000 + second, 0);
    }
  }
}

PWALK_TEST("text that no name decodes to is refused") {
  CHECK(!bytes_of_utf16(u"\xd800"));
  CHECK(!bytes_of_utf16(u"a\xdc00"));
  CHECK(!bytes_of_utf16(u"\xdc7f"));
  CHECK(bytes_of_utf16(u"\xd83d\xde00").value_or("") == "\xf0\x9f\x98\x80");
}
