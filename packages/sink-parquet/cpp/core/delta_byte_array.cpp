#include "core/delta_byte_array.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/delta_binary_packed.hpp"

namespace pwalk::parquet {
namespace {

std::size_t common_prefix(std::string_view a, std::string_view b) noexcept {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t at = 0;
  for (; at + 8 <= limit; at += 8) {
    std::uint64_t left;
    std::uint64_t right;
    std::memcpy(&left, a.data() + at, 8);
    std::memcpy(&right, b.data() + at, 8);
    if (left != right) return at + static_cast<std::size_t>(std::countr_zero(left ^ right)) / 8;
  }
  while (at < limit && a[at] == b[at]) ++at;
  return at;
}

}  // namespace

void DeltaLengthByteArray::finish(ByteBuffer& out) {
  encode_delta_binary_packed(lengths_, out);
  out.append(bytes_.view());
  clear();
}

void DeltaLengthByteArray::clear() noexcept {
  lengths_.clear();
  bytes_.clear();
}

void DeltaByteArray::add(std::string_view value) {
  const std::size_t prefix = common_prefix(previous_, value);
  const std::string_view suffix = value.substr(prefix);
  prefixes_.push_back(static_cast<std::uint32_t>(prefix));
  suffixes_.add(suffix);
  previous_.resize(prefix);
  previous_.append(suffix);
}

void DeltaByteArray::finish(ByteBuffer& out) {
  encode_delta_binary_packed(prefixes_, out);
  suffixes_.finish(out);
  clear();
}

void DeltaByteArray::clear() noexcept {
  prefixes_.clear();
  suffixes_.clear();
  previous_.clear();
}

}  // namespace pwalk::parquet
