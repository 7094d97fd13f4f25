#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/bitmap.hpp"
#include "core/bounds.hpp"
#include "core/delta_binary_packed.hpp"
#include "core/delta_byte_array.hpp"
#include "core/dictionary.hpp"
#include "core/rle_hybrid.hpp"
#include "core/thrift_writer.hpp"
#include "pwalk/check.hpp"
#include "test/decoders.hpp"

namespace pwalk::parquet::test {
namespace {

bool same(const ByteBuffer& made, std::initializer_list<int> expected) {
  return std::equal(made.data(), made.data() + made.size(), expected.begin(), expected.end());
}

template <class U>
void check_delta(const std::vector<U>& values) {
  ByteBuffer out;
  encode_delta_binary_packed(std::span<const U>(values), out);
  Reader in(out.view());
  CHECK(decode_delta<U>(in) == values);
  CHECK(in.at_end());
}

void check_hybrid(const std::vector<std::uint32_t>& values, unsigned width) {
  ByteBuffer out;
  encode_rle_hybrid(values, width, out);
  Reader in(out.view());
  CHECK(decode_hybrid(in, values.size(), width) == values);
  CHECK(in.at_end());
}

PWALK_TEST("a varint and a zigzag number have the bytes the specification gives") {
  ByteBuffer out;
  out.append_varint(300);
  out.append_zigzag(-1);
  out.append_zigzag(1);
  out.append_zigzag(std::numeric_limits<std::int64_t>::min());
  CHECK(same(out, {0xAC, 0x02, 1, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1}));
}

PWALK_TEST("the numbers 0 to 7 in 3 bits are packed as Encodings.md shows") {
  ByteBuffer out;
  encode_rle_hybrid(std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7}, 3, out);
  CHECK(same(out, {0x03, 0x88, 0xC6, 0xFA}));
}

PWALK_TEST("a run is its length doubled, then the value in whole bytes") {
  ByteBuffer out;
  encode_rle_hybrid(std::vector<std::uint32_t>(100, 1000), 10, out);
  CHECK(same(out, {0xC8, 0x01, 0xE8, 0x03}));
}

PWALK_TEST("the hybrid returns any sequence at any width") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const unsigned width = 1 + random() % 32;
    const std::uint32_t mask = width == 32 ? ~0u : (1u << width) - 1;
    std::vector<std::uint32_t> values;
    for (unsigned runs = random() % 12; runs > 0; --runs) {
      values.insert(values.end(), 1 + random() % (runs % 2 ? 3 : 40), random() & mask);
    }
    check_hybrid(values, width);
  }
}

PWALK_TEST("packed bits return as they were, runs of bytes included") {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    Bitmap bits;
    std::vector<std::uint32_t> expected;
    for (unsigned runs = random() % 10; runs > 0; --runs) {
      const std::uint32_t bit = random() % 2;
      const unsigned count = random() % (runs % 3 ? 5 : 90);
      expected.insert(expected.end(), count, bit);
      if (bit) {
        bits.add_ones(count);
      } else {
        for (unsigned i = 0; i < count; ++i) bits.add(false);
      }
    }
    ByteBuffer out;
    encode_rle_bits(bits.data(), bits.size(), out);
    Reader in(out.view());
    CHECK(decode_hybrid(in, expected.size(), 1) == expected);
    CHECK(in.at_end());
    CHECK_EQ(bits.ones(), static_cast<std::size_t>(std::count(expected.begin(), expected.end(), 1u)));
    Bitmap copy;
    const std::size_t from = expected.empty() ? 0 : random() % expected.size();
    copy.add_bits(bits.data(), from, expected.size() - from);
    for (std::size_t i = from; i < expected.size(); ++i) {
      CHECK(((copy.data()[(i - from) / 8] >> ((i - from) % 8)) & 1) == expected[i]);
    }
  }
}

PWALK_TEST("1 to 5 in DELTA_BINARY_PACKED has the header and the widths of Encodings.md, example 1") {
  ByteBuffer out;
  encode_delta_binary_packed(std::vector<std::uint32_t>{1, 2, 3, 4, 5}, out);
  // block 128, 4 miniblocks, 5 values, first 1; smallest delta 1, all widths 0.
  CHECK(same(out, {0x80, 0x01, 4, 5, 2, 2, 0, 0, 0, 0}));
}

PWALK_TEST("7 5 3 1 2 3 4 5 has the deltas of Encodings.md, example 2") {
  ByteBuffer out;
  encode_delta_binary_packed(std::vector<std::uint32_t>{7, 5, 3, 1, 2, 3, 4, 5}, out);
  // Smallest delta -2; the rest 0 0 0 3 3 3 3 in 2 bits, padded to 32 values.
  CHECK(same(out, {0x80, 0x01, 4, 8, 14, 3, 2, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0}));
}

PWALK_TEST("deltas wrap around, so the extremes survive next to each other") {
  const std::uint64_t low = 0x8000000000000000;
  check_delta<std::uint64_t>({low, low - 1, 0, ~0ull, 1, low, low + 1, ~0ull});
  check_delta<std::uint32_t>({0x80000000, 0x7FFFFFFF, 0, ~0u, 1, 0x80000000});
  check_delta<std::uint64_t>({});
  check_delta<std::uint64_t>({42});
}

PWALK_TEST("deltas of every width and length return as they were") {
  std::mt19937_64 random(3);
  for (unsigned width = 0; width <= 64; ++width) {
    for (const std::size_t count : {2u, 32u, 33u, 34u, 128u, 129u, 130u, 300u}) {
      std::vector<std::uint64_t> values(count);
      for (auto& value : values) value = width == 0 ? 7 : random() >> (64 - width);
      check_delta(values);
      if (width > 32) continue;
      check_delta(std::vector<std::uint32_t>(values.begin(), values.end()));
    }
  }
}

PWALK_TEST("Hello, World, Foobar, ABCDEF in DELTA_LENGTH_BYTE_ARRAY is lengths 5 5 6 6, then the bytes") {
  DeltaLengthByteArray values;
  for (const char* value : {"Hello", "World", "Foobar", "ABCDEF"}) values.add(value);
  ByteBuffer out;
  values.finish(out);
  // Deltas 0 1 0: smallest 0, one bit each.
  CHECK(same(out, {0x80, 0x01, 4, 4, 10, 0, 1, 0, 0, 0, 2, 0, 0, 0, 'H', 'e', 'l', 'l', 'o', 'W', 'o', 'r', 'l',
                   'd', 'F', 'o', 'o', 'b', 'a', 'r', 'A', 'B', 'C', 'D', 'E', 'F'}));
}

PWALK_TEST("axis, axle, babble, babyhood in DELTA_BYTE_ARRAY share 0 2 0 3 bytes") {
  DeltaByteArray values;
  for (const char* value : {"axis", "axle", "babble", "babyhood"}) values.add(value);
  ByteBuffer out;
  values.finish(out);
  Reader in(out.view());
  CHECK(decode_delta<std::uint32_t>(in) == (std::vector<std::uint32_t>{0, 2, 0, 3}));
  const std::vector<std::string> suffixes = decode_lengths(in);
  CHECK(suffixes == (std::vector<std::string>{"axis", "le", "babble", "yhood"}));
  CHECK(in.at_end());
}

PWALK_TEST("any byte strings return from DELTA_BYTE_ARRAY, page after page") {
  std::mt19937 random(4);
  DeltaByteArray encoder;
  for (int page = 0; page < 50; ++page) {
    std::vector<std::string> values(random() % 300);
    std::string value;
    for (std::string& each : values) {
      value.resize(random() % (value.size() + 1));
      for (unsigned more = random() % 20; more > 0; --more) value += static_cast<char>(random() % (page % 2 ? 256 : 2));
      each = value;
      encoder.add(value);
    }
    ByteBuffer out;
    encoder.finish(out);
    Reader in(out.view());
    CHECK(decode_prefixes(in) == values);
    CHECK(in.at_end());
  }
}

PWALK_TEST("a dictionary numbers values in the order they appear, and keeps doing so when it grows") {
  IntegerDictionary<std::uint64_t> integers;
  BytesDictionary texts;
  std::mt19937_64 random(5);
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < 5000; ++i) {
      CHECK_EQ(integers.number_of(i * 0x1000), i);
      CHECK_EQ(texts.number_of(std::to_string(i) + std::string(i % 20, 'x')), i);
      const std::uint32_t known = static_cast<std::uint32_t>(random() % (i + 1));
      CHECK_EQ(integers.number_of(known * 0x1000ull), known);
      CHECK_EQ(texts.number_of(std::to_string(known) + std::string(known % 20, 'x')), known);
    }
    CHECK_EQ(texts.value(21), "21x");
    integers.clear();
    texts.clear();
  }
  CHECK_EQ(integers.number_of(0), 0u);
  CHECK_EQ(texts.number_of(""), 0u);
  ByteBuffer plain;
  texts.append_plain(plain);
  CHECK(same(plain, {0, 0, 0, 0}));
}

PWALK_TEST("long bounds are shortened so that they still bound, text at a character") {
  const std::string long_text = std::string(63, 'a') + "\xC3\xA9" + std::string(10, 'z');
  const Bounds text = shorten(Bounds{long_text, long_text}, true).value();
  CHECK_EQ(text.min, std::string(63, 'a'));
  CHECK_EQ(text.max, std::string(62, 'a') + "b");
  CHECK(!text.min_exact && !text.max_exact);

  std::string largest;
  for (int i = 0; i < 20; ++i) largest += "\xF4\x8F\xBF\xBF";
  CHECK(!shorten(Bounds{"", largest}, true).has_value());
  // U+D7FF is followed by U+E000: surrogates are not characters.
  const std::string before = std::string(61, 'a') + "\xED\x9F\xBF" + largest;
  CHECK_EQ(shorten(Bounds{"", before}, true).value().max, std::string(61, 'a') + "\xEE\x80\x80");
  // U+007F is followed by a longer one.
  const std::string ascii = std::string(63, 'a') + "\x7F" + "zz";
  CHECK_EQ(shorten(Bounds{"", ascii}, true).value().max, std::string(63, 'a') + "\xC2\x80");

  const std::string bytes = std::string(60, 'a') + std::string(10, '\xFF');
  CHECK_EQ(shorten(Bounds{"", bytes}, false).value().max, std::string(59, 'a') + "b");
  CHECK(!shorten(Bounds{"", std::string(70, '\xFF')}, false).has_value());
  CHECK_EQ(shorten(Bounds{"a", "b"}, true).value().max, "b");
  CHECK(shorten(Bounds{"a", "b"}, true).value().max_exact);
}

PWALK_TEST("numbers are bounded in the order of their type") {
  NumberBounds<std::uint64_t> unsigned_bounds;
  unsigned_bounds.widen(1, ~0ull);
  CHECK_EQ(unsigned_bounds.bounds().value().max, std::string(8, '\xFF'));
  NumberBounds<std::int64_t> signed_bounds;
  signed_bounds.widen(-1, 1);
  CHECK_EQ(signed_bounds.bounds().value().min, std::string(8, '\xFF'));
  TextBounds text;
  text.widen("z");
  text.widen("\xC3\xA9");
  CHECK_EQ(text.bounds().value().max, "\xC3\xA9");
}

PWALK_TEST("a Thrift struct has the bytes of the compact protocol") {
  ByteBuffer out;
  ThriftWriter to(out);
  to.int32(1, 2);
  to.binary(4, "ab");
  to.boolean(20, true);  // too far for a short header
  to.begin_struct(21);
  to.int64(1, -2);
  to.end_struct();
  to.begin_int32_list(22, 15);
  for (std::int64_t i = 0; i < 15; ++i) to.element(i);
  to.end_struct();
  Reader in(out.view());
  const Thrift read = decode_thrift(in);
  CHECK(in.at_end());
  CHECK_EQ(read[1].number, 2);
  CHECK_EQ(read[4].bytes, "ab");
  CHECK_EQ(read[20].number, 1);
  CHECK_EQ(read[21][1].number, -2);
  CHECK_EQ(read[22].list.at(14).number, 14);
  CHECK(out.view().starts_with(std::string_view("\x15\x04\x38\x02" "ab\x01\x28\x1C\x16\x03\x00", 12)));
}

}  // namespace
}  // namespace pwalk::parquet::test
