// Decoders written from the format's description alone, plain rather than fast: what the encoders are
// checked against. They throw std::out_of_range when they run past the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pwalk::parquet::test {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return at_ == bytes_.size(); }
  std::size_t at() const { return at_; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_) throw std::out_of_range("read past the end");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  template <class T>
  T value() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7F) << shift;
      if (next < 0x80) return value;
    }
  }
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  // `count` numbers of `width` bits, least significant bit first.
  std::vector<std::uint64_t> packed(std::size_t count, unsigned width) {
    const std::string_view bytes = take((count * width + 7) / 8);
    std::vector<std::uint64_t> values(count, 0);
    for (std::size_t bit = 0; bit < count * width; ++bit) {
      const std::uint64_t one = (static_cast<std::uint8_t>(bytes[bit / 8]) >> (bit % 8)) & 1;
      values[bit / width] |= one << (bit % width);
    }
    return values;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

inline std::vector<std::uint32_t> decode_hybrid(Reader& in, std::size_t count, unsigned width) {
  std::vector<std::uint32_t> values;
  while (values.size() < count) {
    const std::uint64_t header = in.varint();
    if ((header & 1) == 0) {
      std::uint32_t value = 0;
      const std::string_view bytes = in.take((width + 7) / 8);
      std::memcpy(&value, bytes.data(), bytes.size());
      values.insert(values.end(), header >> 1, value);
    } else {
      for (const std::uint64_t value : in.packed((header >> 1) * 8, width)) {
        values.push_back(static_cast<std::uint32_t>(value));
      }
    }
  }
  // Only the last packed group may be padded.
  if (values.size() >= count + 8) throw std::out_of_range("more values than announced");
  values.resize(count);
  return values;
}

// Wraps at the width of U, as the encoder does.
template <class U>
std::vector<U> decode_delta(Reader& in) {
  const std::uint64_t block = in.varint();
  const std::uint64_t miniblocks = in.varint();
  const std::uint64_t count = in.varint();
  U last = static_cast<U>(in.zigzag());
  std::vector<U> values;
  if (count > 0) values.push_back(last);
  while (values.size() < count) {
    const U smallest = static_cast<U>(in.zigzag());
    const std::string_view widths = in.take(miniblocks);
    for (const char width : widths) {
      for (const std::uint64_t delta : in.packed(block / miniblocks, static_cast<std::uint8_t>(width))) {
        if (values.size() == count) continue;
        last = static_cast<U>(last + smallest + static_cast<U>(delta));
        values.push_back(last);
      }
      if (values.size() == count) break;  // miniblocks without values have no bytes
    }
  }
  return values;
}

inline std::vector<std::string> decode_lengths(Reader& in) {
  std::vector<std::string> values;
  for (const std::uint32_t length : decode_delta<std::uint32_t>(in)) values.emplace_back(length, '\0');
  for (std::string& value : values) value = in.take(value.size());
  return values;
}

inline std::vector<std::string> decode_prefixes(Reader& in) {
  const std::vector<std::uint32_t> prefixes = decode_delta<std::uint32_t>(in);
  std::vector<std::string> values = decode_lengths(in);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (prefixes.at(i) > 0) values[i] = values.at(i - 1).substr(0, prefixes[i]) + values[i];
  }
  return values;
}

// Any Thrift value: fields of a struct by id, elements of a list, a number, or bytes.
struct Thrift {
  std::map<int, Thrift> fields;
  std::vector<Thrift> list;
  std::int64_t number = 0;
  std::string bytes;

  bool has(int id) const { return fields.contains(id); }
  const Thrift& operator[](int id) const { return fields.at(id); }
};

inline Thrift decode_thrift(Reader& in, int type = 12, bool in_list = false) {
  Thrift value;
  switch (type) {
    case 1:
    case 2:
      value.number = in_list ? in.byte() == 1 : type == 1;
      return value;
    case 3:
      value.number = static_cast<std::int8_t>(in.byte());
      return value;
    case 5:
    case 6:
      value.number = in.zigzag();
      return value;
    case 8:
      value.bytes = in.take(in.varint());
      return value;
    case 9: {
      const std::uint8_t header = in.byte();
      const std::uint64_t count = header >> 4 == 15 ? in.varint() : header >> 4;
      for (std::uint64_t i = 0; i < count; ++i) value.list.push_back(decode_thrift(in, header & 15, true));
      return value;
    }
    case 12:
      for (int id = 0;;) {
        const std::uint8_t header = in.byte();
        if (header == 0) return value;
        id = header >> 4 == 0 ? static_cast<int>(in.zigzag()) : id + (header >> 4);
        value.fields[id] = decode_thrift(in, header & 15);
      }
    default:
      throw std::out_of_range("unknown Thrift type");
  }
}

}  // namespace pwalk::parquet::test
