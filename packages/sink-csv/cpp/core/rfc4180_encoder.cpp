#include "core/rfc4180_encoder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <type_traits>

#include "core/iso_time.hpp"
#include "core/script_number.hpp"

namespace pwalk::csv {
namespace {

// A number, a time or a boolean as it is made, and as a cell: between quotes, with a delimiter behind it.
constexpr std::size_t made_room = 32;
constexpr std::size_t made_cell_room = made_room + 2 + CellRules::most_of_delimiter;
static_assert(iso_time_room <= made_room && script_number_room <= made_room);

// A cell and what stands behind it, made once for as long as the value stays the same: in neighbouring
// rows many do.
struct Made {
  std::uint64_t value = 0;
  std::size_t size = 0;  // 0 before the first
  std::array<char, made_cell_room> text{};
};

char* put(char* out, std::string_view text) noexcept { return out + text.copy(out, text.size()); }

char* put_hex(char* out, std::string_view bytes) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char byte : bytes) {
    *out++ = digits[static_cast<unsigned char>(byte) >> 4];
    *out++ = digits[static_cast<unsigned char>(byte) & 0xf];
  }
  return out;
}

bool has_text(CellType type) noexcept { return type == CellType::utf8 || type == CellType::binary; }

}  // namespace

Rfc4180Encoder::Rfc4180Encoder(std::vector<CsvColumn> columns, CellRules rules) : rules_(std::move(rules)) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns_.emplace_back(
        made_column(columns[i], i + 1 < columns.size() ? std::string(rules_.delimiter()) : "\n"));
    std::size_t most = std::max(made_cell_room, CellRules::room(0) + column.end.size());
    for (const std::string& word : column.words) most = std::max(most, word.size());
    fixed_room_ += most;
  }
}

Rfc4180Encoder::Column Rfc4180Encoder::made_column(const CsvColumn& given, std::string end) const {
  const auto cell = [&](std::size_t text, auto&& put_cell) {
    std::string made(CellRules::room(text), '\0');
    made.resize(static_cast<std::size_t>(put_cell(made.data()) - made.data()));
    return made + end;
  };
  Column column{given.type, end, cell(0, [this](char* out) { return rules_.put_null(out); }), {}};
  for (const std::string& word : given.words) {
    column.words.push_back(cell(word.size(), [&](char* out) { return rules_.put_text(out, word); }));
  }
  return column;
}

bool Rfc4180Encoder::is_sound(const CsvBatch& batch) const noexcept {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnView& column = batch.columns[i];
    bool sound = false;
    switch (columns_[i].type) {
      case CellType::utf8:
      case CellType::binary:
        sound = text_is_sound(column, batch.rows);
        break;
      case CellType::boolean:
        sound = bits_are_sound(column, batch.rows);
        break;
      case CellType::int32:
      case CellType::uint32:
        sound = values_are_sound<std::uint32_t>(column, batch.rows);
        break;
      case CellType::float64:
      case CellType::int64:
      case CellType::uint64:
      case CellType::timestamp:
        sound = values_are_sound<std::uint64_t>(column, batch.rows);
        break;
      case CellType::dictionary:
        sound = values_are_sound<std::uint8_t>(column, batch.rows);
        break;
    }
    if (!sound) return false;
  }
  return true;
}

// The rows of a batch, and what has been made of them so far. Both must outlive it.
class Rfc4180Encoder::Rows {
 public:
  Rows(const Rfc4180Encoder& encoder, const CsvBatch& batch)
      : encoder_(encoder), batch_(batch), made_(batch.columns.size()) {
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      if (has_text(encoder.columns_[i].type)) texts_.push_back(&batch.columns[i]);
    }
  }

  // Bytes that the row takes at most.
  std::size_t room(std::size_t row) const noexcept {
    std::size_t bytes = 0;
    for (const ColumnView* column : texts_) bytes += column->text(row).size();
    return encoder_.fixed_room_ + 2 * bytes;
  }

  char* put_row(char* out, std::size_t row) {
    for (std::size_t i = 0; i < made_.size(); ++i) {
      const ColumnView& view = batch_.columns[i];
      const Column& column = encoder_.columns_[i];
      out = view.is_valid(row) ? put_cell(out, column, view, row, made_[i]) : put(out, column.null_cell);
    }
    return out;
  }

 private:
  char* put_cell(char* out, const Column& column, const ColumnView& view, std::size_t row, Made& made) {
    const CellRules& rules = encoder_.rules_;
    switch (column.type) {
      case CellType::utf8:
        return put(rules.put_text(out, view.text(row)), column.end);
      case CellType::binary:
        return put(put_bytes(out, view.text(row)), column.end);
      case CellType::boolean:
        return put(rules.put_number(out, view.bit(row) ? "true" : "false"), column.end);
      case CellType::int32:
        return put_value<std::int32_t>(out, column, view, row, made);
      case CellType::uint32:
        return put_value<std::uint32_t>(out, column, view, row, made);
      case CellType::float64:
        return put_value<double>(out, column, view, row, made);
      case CellType::int64:
        return put_value<std::int64_t>(out, column, view, row, made);
      case CellType::uint64:
        return put_value<std::uint64_t>(out, column, view, row, made);
      case CellType::timestamp:
        return put_value<std::int64_t>(out, column, view, row, made);
      case CellType::dictionary: {
        const std::uint8_t code = view.values<std::uint8_t>()[row];
        return put(out, code < column.words.size() ? column.words[code] : column.null_cell);
      }
    }
    return out;
  }

  template <class T>
  char* put_value(char* out, const Column& column, const ColumnView& view, std::size_t row, Made& made) {
    const T value = view.values<T>()[row];
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    if (made.size == 0 || bits != made.value) {
      made.value = bits;
      made.size = static_cast<std::size_t>(put(put_made(made.text.data(), column, value), column.end) - made.text.data());
    }
    std::memcpy(out, made.text.data(), made_cell_room);
    return out + made.size;
  }

  template <class T>
  char* put_made(char* out, const Column& column, T value) noexcept {
    std::array<char, made_room> text;
    const auto made = [&text](const char* end) {
      return std::string_view(text.data(), static_cast<std::size_t>(end - text.data()));
    };
    if constexpr (std::is_same_v<T, double>) {
      return encoder_.rules_.put_number(out, made(put_script_number(text.data(), value)));
    } else {
      if (column.type == CellType::timestamp) {
        return encoder_.rules_.put_made_text(out, made(times_.put(text.data(), static_cast<std::int64_t>(value))));
      }
      return encoder_.rules_.put_number(out, made(std::to_chars(text.data(), text.data() + text.size(), value).ptr));
    }
  }

  char* put_bytes(char* out, std::string_view bytes) {
    hex_.resize(2 * bytes.size());
    put_hex(hex_.data(), bytes);
    return encoder_.rules_.put_made_text(out, hex_);
  }

  const Rfc4180Encoder& encoder_;
  const CsvBatch& batch_;
  std::vector<Made> made_;  // by column
  std::vector<const ColumnView*> texts_;
  IsoTimes times_;
  std::string hex_;
};

Encoded Rfc4180Encoder::encode(const CsvBatch& batch, std::uint32_t row, std::span<char> chunk) const {
  Encoded encoded;
  Rows rows(*this, batch);
  char* out = chunk.data();
  char* const end = out + chunk.size();
  for (; row < batch.rows && static_cast<std::size_t>(end - out) >= rows.room(row); ++row) {
    out = rows.put_row(out, row);
    ++encoded.printed;
  }
  encoded.next = row;
  encoded.bytes = static_cast<std::size_t>(out - chunk.data());
  return encoded;
}

}  // namespace pwalk::csv
