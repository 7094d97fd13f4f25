#include <cmath>

#include "core/bitmap.hpp"
#include "core/value_encoder.hpp"

namespace pwalk::parquet {
namespace {

// Booleans and doubles in PLAIN encoding, which needs no dictionary.
// Source: Encodings.md, "Plain (PLAIN = 0)".
class PlainEncoder : public ValueEncoder {
 public:
  std::uint32_t append_dictionary(ByteBuffer&) const override { return 0; }
};

class BooleanEncoder final : public PlainEncoder {
 public:
  void append(const ColumnView& column, std::size_t from, std::size_t count) override {
    if (column.validity.empty()) {
      values_.add_bits(column.data.data(), from, count);
      return;
    }
    for (std::size_t row = from; row < from + count; ++row) {
      if (column.is_valid(row)) values_.add(column.bit(row));
    }
  }

  std::size_t pending_bytes() const noexcept override { return values_.bytes(); }

  Encoding finish_page(ByteBuffer& out) override {
    page_ = {};
    if (values_.size() > 0) page_.widen(values_.ones() == values_.size(), values_.ones() > 0);
    group_.widen(page_);
    out.append(values_.data(), values_.bytes());
    values_.clear();
    return Encoding::plain;
  }

  std::optional<Bounds> page_bounds() const override { return page_.bounds(); }
  std::optional<Bounds> group_bounds() const override { return group_.bounds(); }

  void clear() override {
    values_.clear();
    page_ = group_ = {};
  }

 private:
  Bitmap values_;
  NumberBounds<std::uint8_t> page_;
  NumberBounds<std::uint8_t> group_;
};

class FloatEncoder final : public PlainEncoder {
 public:
  void append(const ColumnView& column, std::size_t from, std::size_t count) override {
    begin_page();
    page_ended_ = false;
    const double* values = column.values<double>();
    for (std::size_t row = from; row < from + count; ++row) {
      if (!column.is_valid(row)) continue;
      const double value = values[row];
      values_.append_value(value);
      if (std::isnan(value)) {
        page_has_nan_ = group_has_nan_ = true;
      } else {
        // Both zeros are equal but differ in bytes: a bound says the one that excludes neither.
        page_.widen(value == 0 ? -0.0 : value, value == 0 ? 0.0 : value);
      }
    }
  }

  std::size_t pending_bytes() const noexcept override { return values_.size(); }

  Encoding finish_page(ByteBuffer& out) override {
    begin_page();
    page_ended_ = true;
    group_.widen(page_);
    out.append(values_.view());
    values_.clear();
    return Encoding::plain;
  }

  std::optional<Bounds> page_bounds() const override {
    return page_has_nan_ ? std::nullopt : page_.bounds();
  }
  std::optional<Bounds> group_bounds() const override {
    return group_has_nan_ ? std::nullopt : group_.bounds();
  }

  void clear() override {
    values_.clear();
    page_ = group_ = {};
    page_has_nan_ = group_has_nan_ = false;
  }

 private:
  void begin_page() noexcept {
    if (!page_ended_) return;
    page_ = {};
    page_has_nan_ = false;
  }

  ByteBuffer values_;
  NumberBounds<double> page_;
  NumberBounds<double> group_;
  bool page_ended_ = true;
  bool page_has_nan_ = false;
  bool group_has_nan_ = false;
};

}  // namespace

std::unique_ptr<ValueEncoder> make_boolean_encoder() { return std::make_unique<BooleanEncoder>(); }
std::unique_ptr<ValueEncoder> make_float_encoder() { return std::make_unique<FloatEncoder>(); }

}  // namespace pwalk::parquet
