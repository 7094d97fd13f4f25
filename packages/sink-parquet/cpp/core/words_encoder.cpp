#include <array>
#include <vector>

#include "core/dictionary_page.hpp"
#include "core/value_encoder.hpp"

namespace pwalk::parquet {
namespace {

// One-byte codes into a fixed vocabulary. The dictionary page holds the words the row group uses.
class WordsEncoder final : public ValueEncoder {
 public:
  explicit WordsEncoder(const ColumnSpec& spec) : spec_(spec) { clear(); }

  void append(const ColumnView& column, std::size_t from, std::size_t count) override {
    const std::uint8_t* codes = column.data.data();
    for (std::size_t row = from; row < from + count; ++row) {
      if (!column.is_valid(row)) continue;
      std::int16_t& number = number_of_code_[codes[row]];
      if (number == unused) {
        number = static_cast<std::int16_t>(used_.size());
        used_.push_back(codes[row]);
      }
      numbers_.push_back(static_cast<std::uint32_t>(number));
    }
  }

  std::size_t pending_bytes() const noexcept override { return numbers_.size(); }

  Encoding finish_page(ByteBuffer& out) override {
    page_.clear();
    if (numbers_.empty()) return Encoding::plain;
    std::array<bool, 256> seen{};
    for (const std::uint32_t number : numbers_) seen[number] = true;
    for (std::size_t number = 0; number < used_.size(); ++number) {
      if (seen[number]) page_.widen(word(number));
    }
    group_.widen(page_);
    append_numbers(numbers_, static_cast<std::uint32_t>(used_.size()), out);
    numbers_.clear();
    return Encoding::rle_dictionary;
  }

  std::optional<Bounds> page_bounds() const override { return page_.bounds(); }
  std::optional<Bounds> group_bounds() const override { return group_.bounds(); }

  std::uint32_t append_dictionary(ByteBuffer& out) const override {
    for (std::size_t number = 0; number < used_.size(); ++number) {
      out.append_value(static_cast<std::uint32_t>(word(number).size()));
      out.append(word(number));
    }
    return static_cast<std::uint32_t>(used_.size());
  }

  void clear() override {
    number_of_code_.fill(unused);
    used_.clear();
    numbers_.clear();
    page_.clear();
    group_.clear();
  }

 private:
  static constexpr std::int16_t unused = -1;

  const std::string& word(std::size_t number) const noexcept { return spec_.words[used_[number]]; }

  const ColumnSpec& spec_;
  std::array<std::int16_t, 256> number_of_code_;
  std::vector<std::uint8_t> used_;
  std::vector<std::uint32_t> numbers_;
  TextBounds page_;
  TextBounds group_;
};

}  // namespace

std::unique_ptr<ValueEncoder> make_words_encoder(const ColumnSpec& spec) {
  return std::make_unique<WordsEncoder>(spec);
}

}  // namespace pwalk::parquet
