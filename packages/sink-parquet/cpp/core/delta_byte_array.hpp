#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_buffer.hpp"

namespace pwalk::parquet {

// Collects the values of a page: all lengths first, then all bytes.
// Source: Encodings.md, "Delta-length byte array (DELTA_LENGTH_BYTE_ARRAY = 6)".
class DeltaLengthByteArray {
 public:
  void add(std::string_view value) {
    lengths_.push_back(static_cast<std::uint32_t>(value.size()));
    bytes_.append(value);
  }
  std::size_t size() const noexcept { return lengths_.size(); }
  std::size_t pending_bytes() const noexcept { return lengths_.size() * 4 + bytes_.size(); }
  // Appends the page's values and forgets them.
  void finish(ByteBuffer& out);
  void clear() noexcept;

 private:
  std::vector<std::uint32_t> lengths_;
  ByteBuffer bytes_;
};

// Collects the values of a page: of each, how much of its predecessor it begins with, and the rest.
// Source: Encodings.md, "Delta Strings (DELTA_BYTE_ARRAY = 7)".
class DeltaByteArray {
 public:
  void add(std::string_view value);
  std::size_t size() const noexcept { return prefixes_.size(); }
  std::size_t pending_bytes() const noexcept { return prefixes_.size() * 4 + suffixes_.pending_bytes(); }
  // Appends the page's values and forgets them: every page begins with a whole value.
  void finish(ByteBuffer& out);
  void clear() noexcept;

 private:
  std::vector<std::uint32_t> prefixes_;
  DeltaLengthByteArray suffixes_;
  std::string previous_;
};

}  // namespace pwalk::parquet
