#include <cstdint>
#include <string>
#include <vector>

#include "core/delta_binary_packed.hpp"
#include "core/delta_byte_array.hpp"
#include "core/rle_hybrid.hpp"
#include "pwalk/fuzz.hpp"
#include "test/decoders.hpp"

using namespace pwalk::parquet;
using namespace pwalk::parquet::test;

namespace {

// Numbers with runs in them, as columns have.
template <class U>
std::vector<U> numbers(pwalk::fuzz::Input& input) {
  std::vector<U> values;
  while (!input.empty() && values.size() < 4000) {
    const std::uint8_t kind = input.byte();
    const U value = kind % 3 == 0 ? input.value<U>() : static_cast<U>(input.byte());
    const U step = kind % 5 == 0 ? static_cast<U>(kind) : U{0};
    for (std::size_t i = 0; i <= kind % 40u; ++i) values.push_back(static_cast<U>(value + step * i));
  }
  return values;
}

template <class U>
void check_delta(const std::vector<U>& values) {
  ByteBuffer out;
  encode_delta_binary_packed(std::span<const U>(values), out);
  Reader in(out.view());
  FUZZ_CHECK(decode_delta<U>(in) == values && in.at_end());
}

}  // namespace

PWALK_FUZZ("delta-32") { check_delta(numbers<std::uint32_t>(input)); }
PWALK_FUZZ("delta-64") { check_delta(numbers<std::uint64_t>(input)); }

PWALK_FUZZ("hybrid") {
  const unsigned width = 1 + input.byte() % 32;
  std::vector<std::uint32_t> values = numbers<std::uint32_t>(input);
  for (std::uint32_t& value : values) value &= width == 32 ? ~0u : (1u << width) - 1;
  ByteBuffer out;
  encode_rle_hybrid(values, width, out);
  Reader in(out.view());
  FUZZ_CHECK(decode_hybrid(in, values.size(), width) == values && in.at_end());
}

PWALK_FUZZ("byte-arrays") {
  DeltaByteArray prefixes;
  DeltaLengthByteArray lengths;
  // Two pages: the second begins anew.
  for (int page = 0; page < 2; ++page) {
    std::vector<std::string> values;
    for (std::size_t count = input.byte(); count > 0; --count) {
      std::string value(input.text(64));
      if (!values.empty() && (count & 1) != 0) value = values.back().substr(0, value.size()) + value;
      prefixes.add(value);
      lengths.add(value);
      values.push_back(std::move(value));
    }
    ByteBuffer with_prefixes, with_lengths;
    prefixes.finish(with_prefixes);
    lengths.finish(with_lengths);
    Reader first(with_prefixes.view()), second(with_lengths.view());
    FUZZ_CHECK(decode_prefixes(first) == values && first.at_end());
    FUZZ_CHECK(decode_lengths(second) == values && second.at_end());
  }
}
