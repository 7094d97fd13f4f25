#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/byte_buffer.hpp"

namespace pwalk::parquet {

// Writes structs in Thrift's compact protocol.
// Source: doc/specs/thrift-compact-protocol.md of https://github.com/apache/thrift.
//
// The caller writes fields in ascending order of their ids and closes every struct it begins; the
// outermost struct is begun by the constructor and ended by the last `end_struct`. List elements
// that are structs are begun with `begin_element`. Appends to a buffer that it does not own.
class ThriftWriter {
 public:
  explicit ThriftWriter(ByteBuffer& out) : out_(out), last_field_{0} {}

  void boolean(int id, bool value) { field(id, value ? 1 : 2); }
  void int8(int id, std::int8_t value) {
    field(id, 3);
    out_.append_value(value);
  }
  void int32(int id, std::int32_t value) {
    field(id, 5);
    out_.append_zigzag(value);
  }
  void int64(int id, std::int64_t value) {
    field(id, 6);
    out_.append_zigzag(value);
  }
  void binary(int id, std::string_view value) {
    field(id, binary_type);
    element(value);
  }

  void begin_struct(int id) {
    field(id, struct_type);
    last_field_.push_back(0);
  }
  void end_struct() {
    out_.append_byte(0);
    last_field_.pop_back();
  }

  void begin_binary_list(int id, std::size_t count) { begin_list(id, count, binary_type); }
  void begin_bool_list(int id, std::size_t count) { begin_list(id, count, 1); }
  void begin_int32_list(int id, std::size_t count) { begin_list(id, count, 5); }
  void begin_int64_list(int id, std::size_t count) { begin_list(id, count, 6); }
  void begin_struct_list(int id, std::size_t count) { begin_list(id, count, struct_type); }

  // Elements of the lists above.
  void element(std::string_view value) {
    out_.append_varint(value.size());
    out_.append(value);
  }
  void element(bool value) { out_.append_byte(value ? 1 : 2); }
  void element(std::int64_t value) { out_.append_zigzag(value); }
  void begin_element() { last_field_.push_back(0); }

  // A struct that was written on its own earlier, its end included.
  void finished_struct(int id, std::string_view bytes) {
    field(id, struct_type);
    out_.append(bytes);
  }

 private:
  static constexpr int binary_type = 8;
  static constexpr int struct_type = 12;

  void field(int id, int type) {
    int& last = last_field_.back();
    const int delta = id - last;
    if (delta > 0 && delta <= 15) {
      out_.append_byte(static_cast<std::uint8_t>(delta << 4 | type));
    } else {
      out_.append_byte(static_cast<std::uint8_t>(type));
      out_.append_zigzag(id);
    }
    last = id;
  }

  void begin_list(int id, std::size_t count, int type) {
    field(id, 9);
    if (count < 15) {
      out_.append_byte(static_cast<std::uint8_t>(count << 4 | static_cast<unsigned>(type)));
    } else {
      out_.append_byte(static_cast<std::uint8_t>(0xF0 | type));
      out_.append_varint(count);
    }
  }

  ByteBuffer& out_;
  std::vector<int> last_field_;
};

}  // namespace pwalk::parquet
