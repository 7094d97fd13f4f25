#include <vector>

#include "core/delta_byte_array.hpp"
#include "core/dictionary.hpp"
#include "core/dictionary_page.hpp"
#include "core/value_encoder.hpp"

namespace pwalk::parquet {
namespace {

// Text and bytes: as a dictionary while that pays, as lengths and bytes, or as differences to the
// value before. A dictionary gives way to lengths and bytes.
class TextEncoder final : public ValueEncoder {
 public:
  TextEncoder(const ColumnSpec& spec, const EncoderOptions& options)
      : spec_(spec), options_(options), dictionary_open_(wants_dictionary()) {}

  void append(const ColumnView& column, std::size_t from, std::size_t count) override {
    begin_page();
    page_ended_ = false;
    const auto each = [&](auto take) {
      for (std::size_t row = from; row < from + count; ++row) {
        if (column.is_valid(row)) take(column.text(row));
      }
    };
    if (dictionary_open_) {
      each([&](std::string_view value) { add_number(value); });
    } else if (spec_.layout == Layout::prefix) {
      each([&](std::string_view value) {
        page_.widen(value);
        prefixed_.add(value);
      });
    } else {
      each([&](std::string_view value) {
        page_.widen(value);
        whole_.add(value);
      });
    }
  }

  std::size_t pending_bytes() const noexcept override {
    return numbers_.size() * 4 + whole_.pending_bytes() + prefixed_.pending_bytes() +
           (dictionary_open_ ? dictionary_.plain_bytes() : 0);
  }

  Encoding finish_page(ByteBuffer& out) override {
    begin_page();
    page_ended_ = true;
    group_.widen(page_);
    const Encoding encoding = encode(out);
    ++pages_;
    return encoding;
  }

  std::optional<Bounds> page_bounds() const override { return page_.bounds(); }
  std::optional<Bounds> group_bounds() const override { return group_.bounds(); }

  std::uint32_t append_dictionary(ByteBuffer& out) const override {
    dictionary_.append_plain(out);
    return dictionary_.size();
  }

  void clear() override {
    numbers_.clear();
    whole_.clear();
    prefixed_.clear();
    if (dictionary_.size() > 0) dictionary_.clear();
    dictionary_open_ = wants_dictionary();
    pages_ = 0;
    page_.clear();
    group_.clear();
  }

 private:
  bool wants_dictionary() const noexcept { return spec_.layout == Layout::dictionary; }

  void begin_page() noexcept {
    if (page_ended_) page_.clear();
  }

  void add_number(std::string_view value) {
    const std::uint32_t number = dictionary_.number_of(value);
    if (numbers_.empty() || numbers_.back() != number) page_.widen(value);
    numbers_.push_back(number);
  }

  Encoding encode(ByteBuffer& out) {
    if (!numbers_.empty()) {
      if (pages_ == 0 && does_not_pay(dictionary_.size(), numbers_.size())) {
        dissolve_dictionary();
      } else {
        append_numbers(numbers_, dictionary_.size(), out);
        numbers_.clear();
        dictionary_open_ = dictionary_.size() <= options_.dictionary_entries &&
                           dictionary_.plain_bytes() <= options_.dictionary_bytes;
        return Encoding::rle_dictionary;
      }
    }
    if (prefixed_.size() > 0) {
      prefixed_.finish(out);
      return Encoding::delta_byte_array;
    }
    if (whole_.size() > 0) {
      whole_.finish(out);
      return Encoding::delta_length_byte_array;
    }
    return Encoding::plain;
  }

  void dissolve_dictionary() {
    for (const std::uint32_t number : numbers_) whole_.add(dictionary_.value(number));
    numbers_.clear();
    dictionary_.clear();
    dictionary_open_ = false;
  }

  const ColumnSpec& spec_;
  const EncoderOptions& options_;
  BytesDictionary dictionary_;
  bool dictionary_open_;
  // The page that is being filled is in exactly one of these three.
  std::vector<std::uint32_t> numbers_;
  DeltaLengthByteArray whole_;
  DeltaByteArray prefixed_;
  std::size_t pages_ = 0;
  TextBounds page_;
  bool page_ended_ = true;
  TextBounds group_;
};

}  // namespace

std::unique_ptr<ValueEncoder> make_text_encoder(const ColumnSpec& spec, const EncoderOptions& options) {
  return std::make_unique<TextEncoder>(spec, options);
}

}  // namespace pwalk::parquet
