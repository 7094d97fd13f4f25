#pragma once

#include <memory>
#include <optional>

#include "core/batch_view.hpp"
#include "core/bounds.hpp"
#include "core/byte_buffer.hpp"
#include "core/format.hpp"

namespace pwalk::parquet {

// Turns the values of one column into pages. Nulls are its caller's business: it skips those rows.
// It keeps nothing of a batch but the values of the page that is being filled.
//
// Life: (append* finish_page)* append_dictionary clear, once per row group.
class ValueEncoder {
 public:
  ValueEncoder() = default;
  ValueEncoder(const ValueEncoder&) = delete;
  ValueEncoder& operator=(const ValueEncoder&) = delete;
  virtual ~ValueEncoder() = default;

  // Adds the rows that are not null out of `count` rows from row `from` on.
  virtual void append(const ColumnView& column, std::size_t from, std::size_t count) = 0;
  // About what the page would take if it ended now.
  virtual std::size_t pending_bytes() const noexcept = 0;
  // Ends the page: appends its values to `out` and says how they are encoded.
  virtual Encoding finish_page(ByteBuffer& out) = 0;
  // Of the page just ended; nothing when it had no values, or they have no order (NaN).
  virtual std::optional<Bounds> page_bounds() const = 0;
  // Of the row group so far.
  virtual std::optional<Bounds> group_bounds() const = 0;
  // Appends what the row group's dictionary page holds and returns the number of its entries; 0
  // when no page used a dictionary.
  virtual std::uint32_t append_dictionary(ByteBuffer& out) const = 0;
  // Forgets the row group.
  virtual void clear() = 0;
};

// `spec` and `options` must outlive the encoder.
std::unique_ptr<ValueEncoder> make_value_encoder(const ColumnSpec& spec, const EncoderOptions& options);

// The parts of it, by what a column holds.
std::unique_ptr<ValueEncoder> make_number_encoder(const ColumnSpec& spec, const EncoderOptions& options);
std::unique_ptr<ValueEncoder> make_text_encoder(const ColumnSpec& spec, const EncoderOptions& options);
std::unique_ptr<ValueEncoder> make_words_encoder(const ColumnSpec& spec);
std::unique_ptr<ValueEncoder> make_float_encoder();
std::unique_ptr<ValueEncoder> make_boolean_encoder();

}  // namespace pwalk::parquet
