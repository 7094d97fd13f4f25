#include <algorithm>
#include <type_traits>
#include <vector>

#include "core/delta_binary_packed.hpp"
#include "core/dictionary.hpp"
#include "core/dictionary_page.hpp"
#include "core/value_encoder.hpp"

namespace pwalk::parquet {
namespace {

// Integers of type T, whose signedness orders them: dictionary coded while that pays, else as deltas.
// Once a page of a row group could not use the dictionary, no later one of that group does.
template <class T>
class NumberEncoder final : public ValueEncoder {
  using U = std::make_unsigned_t<T>;

 public:
  NumberEncoder(const ColumnSpec& spec, const EncoderOptions& options)
      : spec_(spec), options_(options), dictionary_open_(wants_dictionary()) {}

  void append(const ColumnView& column, std::size_t from, std::size_t count) override {
    const U* values = column.values<U>() + from;
    const std::size_t kept = pending_.size();
    pending_.resize(kept + count);
    U* to = pending_.data() + kept;
    if (column.validity.empty()) {
      std::copy(values, values + count, to);
      return;
    }
    std::size_t valid = 0;
    for (std::size_t i = 0; i < count; ++i) {
      to[valid] = values[i];
      valid += column.is_valid(from + i) ? 1 : 0;
    }
    pending_.resize(kept + valid);
  }

  std::size_t pending_bytes() const noexcept override { return pending_.size() * sizeof(U); }

  Encoding finish_page(ByteBuffer& out) override {
    update_bounds();
    const Encoding encoding = encode(out);
    pending_.clear();
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
    pending_.clear();
    if (dictionary_.size() > 0) dictionary_.clear();
    dictionary_open_ = wants_dictionary();
    pages_ = 0;
    page_ = group_ = {};
  }

 private:
  bool wants_dictionary() const noexcept { return spec_.layout == Layout::dictionary; }

  Encoding encode(ByteBuffer& out) {
    if (pending_.empty()) return Encoding::plain;
    if (dictionary_open_ && number_values()) {
      append_numbers(numbers_, dictionary_.size(), out);
      return Encoding::rle_dictionary;
    }
    encode_delta_binary_packed(std::span<const U>(pending_), out);
    return Encoding::delta_binary_packed;
  }

  // False when the dictionary turns out not to pay, which leaves it empty.
  bool number_values() {
    numbers_.resize(pending_.size());
    for (std::size_t i = 0; i < pending_.size(); ++i) numbers_[i] = dictionary_.number_of(pending_[i]);
    if (pages_ == 0 && does_not_pay(dictionary_.size(), pending_.size())) {
      dictionary_.clear();
      dictionary_open_ = false;
      return false;
    }
    dictionary_open_ = dictionary_.size() <= options_.dictionary_entries &&
                       dictionary_.plain_bytes() <= options_.dictionary_bytes;
    return true;
  }

  void update_bounds() {
    page_ = {};
    if (pending_.empty()) return;
    auto low = static_cast<T>(pending_[0]);
    T high = low;
    for (const U value : pending_) {
      low = std::min(low, static_cast<T>(value));
      high = std::max(high, static_cast<T>(value));
    }
    page_.widen(low, high);
    group_.widen(page_);
  }

  const ColumnSpec& spec_;
  const EncoderOptions& options_;
  std::vector<U> pending_;
  std::vector<std::uint32_t> numbers_;
  IntegerDictionary<U> dictionary_;
  bool dictionary_open_;
  std::size_t pages_ = 0;
  NumberBounds<T> page_;
  NumberBounds<T> group_;
};

}  // namespace

std::unique_ptr<ValueEncoder> make_number_encoder(const ColumnSpec& spec, const EncoderOptions& options) {
  switch (spec.type) {
    case ColumnType::int32:
      return std::make_unique<NumberEncoder<std::int32_t>>(spec, options);
    case ColumnType::uint32:
      return std::make_unique<NumberEncoder<std::uint32_t>>(spec, options);
    case ColumnType::uint64:
      return std::make_unique<NumberEncoder<std::uint64_t>>(spec, options);
    default:
      return std::make_unique<NumberEncoder<std::int64_t>>(spec, options);
  }
}

}  // namespace pwalk::parquet
