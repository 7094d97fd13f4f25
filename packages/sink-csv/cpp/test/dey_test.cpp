#include <array>
#include <string>
#include <thread>
#include <vector>

#include "core/dey_encoder.hpp"
#include "core/dey_text.hpp"
#include "pwalk/check.hpp"
#include "sample_batch.hpp"

namespace pwalk::csv {
namespace {

using Row = SampleBatch::Row;

// States as the tests code them: 0 is printed, anything else is not.
const std::bitset<256> only_zero{1};

std::string encode(const std::vector<Row>& rows, std::vector<std::string> slash_roots = {}) {
  const SampleBatch sample(rows);
  std::vector<char> chunk(1 << 20);
  const Encoded encoded = DeyEncoder(std::move(slash_roots), only_zero).encode(sample.view(), 0, chunk);
  CHECK_EQ(encoded.next, rows.size());
  return {chunk.data(), encoded.bytes};
}

std::string quoted(std::string_view text) {
  std::array<char, 256> out;
  std::uint32_t altered = 0;
  return {out.data(), put_quoted(out.data(), text, altered)};
}

std::string mode(std::uint32_t value) {
  std::array<char, 32> out;
  return {out.data(), put_mode(out.data(), value)};
}

PWALK_TEST("a file is a row of 17 columns, three of them quoted") {
  CHECK_EQ(encode({{.path = "/data/a.txt"}}),
           "11,7,0,\"/data/a.txt\",\"txt\",1000,100,5,65024,8,1,\"0100644\",1,2,3,-1,0\n");
}

PWALK_TEST("a directory has counts and no extension, a root no parent and depth -1") {
  const Row root{.path = "dir.d", .parent = 0, .depth = -1, .mode = 040755, .size = 4096, .listed = true,
                 .file_count = 3, .dir_sum = 8200};
  CHECK_EQ(encode({root}), "11,0,-1,\"dir.d\",\"\",1000,100,4096,65024,8,1,\"0040755\",1,2,3,3,8200\n");
}

PWALK_TEST("numbers have the signs printf gives them") {
  const Row row{.path = "x", .parent = ~0ull, .inode = 18091310060841039723ull, .uid = 4294967294u,
                .nlink = 0xffffffffu, .size = 1ull << 63, .atime = -1, .mtime = -1'000'000, .ctime = -1'000'001};
  CHECK_EQ(encode({row}),
           "18091310060841039723,18446744073709551615,0,\"x\",\"\",4294967294,100,-9223372036854775808,65024,8,"
           "-1,\"0100644\",-1,-1,-2,-1,0\n");
}

PWALK_TEST("a byte is treated the same wherever in a text it stands") {
  for (int byte = 1; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(byte);
      std::string expected = "\"" + text.substr(0, at);
      if (byte >= 0x20) expected += text[at];
      if (byte == '"') expected += '"';
      CHECK_EQ(quoted(text), expected + text.substr(at + 1) + "\"");
    }
  }
}

PWALK_TEST("rows that have something in common with the one before are printed like any other") {
  const Row first{.path = "a", .depth = 3, .uid = 1, .size = 7, .atime = 5'000'000, .mtime = 5'999'999};
  Row second = first;
  second.parent = 8;
  second.uid = 4294967295u;
  second.nlink = 2;
  second.mtime = 6'000'000;
  CHECK_EQ(encode({first, second, first}), encode({first}) + encode({second}) + encode({first}));
}

PWALK_TEST("quotes are doubled, control characters deleted, all other bytes kept") {
  CHECK_EQ(quoted("a\"b"), "\"a\"\"b\"");
  CHECK_EQ(quoted("a\nb\x01\x1f\x7f\\,\xe9"), "\"ab\x7f\\,\xe9\"");
  CHECK_EQ(quoted(""), "\"\"");
  CHECK_EQ(quoted("\"\""), "\"\"\"\"\"\"");
}

PWALK_TEST("the extension follows the last dot that is not the first byte") {
  CHECK_EQ(extension_of("/d/a.tar.gz"), "gz");
  CHECK_EQ(extension_of("/d/.bashrc"), "");
  CHECK_EQ(extension_of("/d/.bashrc.bak"), "bak");
  CHECK_EQ(extension_of("/d/..foo"), "foo");
  CHECK_EQ(extension_of("/d/foo."), "");
  CHECK_EQ(extension_of("/d.x/foo"), "");
  CHECK_EQ(extension_of("a.b"), "b");
  CHECK_EQ(extension_of(""), "");
  CHECK_EQ(extension_of("/"), "");
}

PWALK_TEST("the mode has seven octal digits at least") {
  CHECK_EQ(mode(0120777), "\"0120777\"");
  CHECK_EQ(mode(0), "\"0000000\"");
  CHECK_EQ(mode(~0u), "\"37777777777\"");
}

PWALK_TEST("the exact path wins over the display form") {
  const std::string text = encode({{.path = "/d/\xe9.\xff", .raw = true}});
  CHECK(text.find("\"/d/\xe9.\xff\",\"\xff\"") != std::string::npos);
}

PWALK_TEST("a root typed with a slash gets another one, below it only") {
  const std::vector<Row> rows{{.path = "/data/", .depth = -1},
                              {.path = "/data/x", .depth = 0},
                              {.path = "/data/x/\ny", .depth = 1},
                              {.path = "/database/x", .depth = 0}};
  const std::string text = encode(rows, {"/data/", "/"});
  CHECK(text.find("\"/data/\",") != std::string::npos);
  CHECK(text.find("\"/data//x\",") != std::string::npos);
  CHECK(text.find("\"/data//x/y\",") != std::string::npos);
  CHECK(text.find("\"/database/x\",") != std::string::npos);
  CHECK(encode({{.path = "/bin", .depth = 0}}, {"/"}).find("\"//bin\",") != std::string::npos);
  CHECK(encode({{.path = "x", .depth = 4}}, {"/"}).find("\"x\",") != std::string::npos);
}

PWALK_TEST("rows of other states and of failed stats are left out") {
  CHECK_EQ(encode({{.path = "a", .state = 1}, {.path = "b", .stat = false}}), "");
}

PWALK_TEST("a chunk that is full is continued in the next") {
  std::vector<Row> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({.path = std::string(static_cast<std::size_t>(i), '"')});
  const std::string whole = encode(rows);
  const SampleBatch sample(rows);
  const DeyEncoder encoder({}, only_zero);
  std::vector<char> chunk(800);
  std::string joined;
  std::uint32_t printed = 0;
  for (std::uint32_t row = 0; row < rows.size();) {
    const Encoded encoded = encoder.encode(sample.view(), row, chunk);
    CHECK(encoded.next > row);
    if (encoded.next <= row) break;
    joined.append(chunk.data(), encoded.bytes);
    printed += encoded.printed;
    row = encoded.next;
  }
  CHECK_EQ(printed, 100u);
  CHECK_EQ(joined, whole);
}

PWALK_TEST("no row of the most bytes leaves the chunk it was given room in") {
  const Row row{.path = "." + std::string(300, '"'), .parent = ~0ull, .depth = INT32_MIN, .inode = ~0ull, .mode = 0177777,
                .uid = ~0u, .gid = ~0u, .nlink = 1u << 31, .size = 1ull << 63, .dev = 1ull << 63,
                .blocks = 1ull << 63, .atime = INT64_MIN, .mtime = INT64_MIN, .ctime = INT64_MIN,
                .listed = true, .file_count = 1ull << 63, .dir_sum = 1ull << 63};
  const SampleBatch sample({row});
  const DeyEncoder encoder({}, only_zero);
  bool fitted = false;
  for (std::size_t room = 0; room < 2000 && !fitted; ++room) {
    std::vector<char> chunk(room);
    fitted = encoder.encode(sample.view(), 0, chunk).printed == 1;
  }
  CHECK(fitted);
}

PWALK_TEST("threads may share an encoder and a batch") {
  const SampleBatch sample(std::vector<Row>(1000, Row{.path = "/a/b.c"}));
  const DeyEncoder encoder({"/a/"}, only_zero);
  std::array<std::vector<char>, 2> chunks{std::vector<char>(1 << 20), std::vector<char>(1 << 20)};
  std::array<Encoded, 2> encoded;
  {
    std::jthread other([&] { encoded[1] = encoder.encode(sample.view(), 0, chunks[1]); });
    encoded[0] = encoder.encode(sample.view(), 0, chunks[0]);
  }
  CHECK_EQ(encoded[0].bytes, encoded[1].bytes);
  CHECK(chunks[0] == chunks[1]);
}

PWALK_TEST("a batch whose buffers contradict each other is not sound") {
  const SampleBatch sample({{.path = "abc"}, {.path = "de"}});
  const DeyBatch good = sample.view();
  CHECK(is_sound(good));
  CHECK(is_sound(DeyBatch{}));
  for (std::size_t i = 0; i < column_count; ++i) {
    DeyBatch bad = good;
    bad.columns[i].data = bad.columns[i].data.first(bad.columns[i].data.size() - 1);
    CHECK(!is_sound(bad));
    bad = good;
    bad.rows = 9;
    CHECK(!is_sound(bad));
  }
  DeyBatch bad = good;
  bad.columns[0].bytes = bad.columns[0].bytes.first(4);
  CHECK(!is_sound(bad));
  const std::array<std::int32_t, 3> descending{0, 3, 2};
  bad = good;
  bad.columns[0].data = {reinterpret_cast<const std::uint8_t*>(descending.data()), sizeof descending};
  CHECK(!is_sound(bad));
}

}  // namespace
}  // namespace pwalk::csv
