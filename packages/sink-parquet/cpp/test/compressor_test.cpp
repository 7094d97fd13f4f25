#include <lz4.h>

#include <cstddef>
#include <random>
#include <string>

#include "core/compressor.hpp"
#include "pwalk/check.hpp"

namespace pwalk::parquet::test {
namespace {

ByteBuffer page_of(const std::string& bytes) {
  ByteBuffer page;
  page.append(bytes);
  return page;
}

// Nothing, one byte, text that repeats itself, and bytes that nothing can make smaller.
std::string sample(std::size_t size, bool repeats) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string bytes(size, 'a');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(repeats ? i % 7 : random());
  return bytes;
}

PWALK_TEST("a page is one LZ4 block that gives its bytes back; one compressor for many pages") {
  Compressor lz4(Codec::lz4, 1);
  for (const std::size_t size : {0, 1, 11, 12, 13, 65'547, 65'548, 3'000'000}) {
    for (const bool repeats : {true, false}) {
      const std::string bytes = sample(size, repeats);
      const ByteBuffer page = page_of(bytes);
      std::string read(size + 1, '?');
      const std::string_view block = lz4.compress(page);
      CHECK_EQ(LZ4_decompress_safe(block.data(), read.data(), static_cast<int>(block.size()), static_cast<int>(read.size())), static_cast<int>(size));
      CHECK(read.substr(0, size) == bytes);
      if (repeats && size > 1000) CHECK(block.size() < size / 50);
    }
  }
}

PWALK_TEST("without a codec a page stays where it is") {
  Compressor none(Codec::none, 1);
  const ByteBuffer page = page_of("as it was");
  CHECK_EQ(none.compress(page).data(), page.view().data());
}

}  // namespace
}  // namespace pwalk::parquet::test
