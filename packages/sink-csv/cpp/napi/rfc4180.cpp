#include "napi/rfc4180.hpp"

#include <memory>
#include <optional>

#include "core/rfc4180_encoder.hpp"
#include "napi/encode_in_pool.hpp"
#include "pwalk/napi/memory.hpp"

namespace pwalk::csv {
namespace {

std::uint32_t number_below(const Napi::Value& value, std::size_t limit) {
  const std::uint32_t number = value.As<Napi::Number>().Uint32Value();
  if (number >= limit) throw Napi::RangeError::New(value.Env(), "an option of the encoder has an unknown value");
  return number;
}

CsvColumn read_column(const Napi::Object& given) {
  CsvColumn column{static_cast<CellType>(number_below(given.Get("type"), cell_type_count)), {}};
  const auto words = given.Get("words").As<Napi::Array>();
  for (std::uint32_t i = 0; i < words.Length(); ++i) column.words.push_back(words.Get(i).As<Napi::String>());
  return column;
}

std::shared_ptr<const Rfc4180Encoder> read_options(const Napi::Object& options) {
  std::vector<CsvColumn> columns;
  const auto given = options.Get("columns").As<Napi::Array>();
  for (std::uint32_t i = 0; i < given.Length(); ++i) columns.push_back(read_column(given.Get(i).As<Napi::Object>()));
  const std::string delimiter = options.Get("delimiter").As<Napi::String>();
  if (columns.empty() || delimiter.empty() || delimiter.size() > CellRules::most_of_delimiter) {
    throw Napi::RangeError::New(options.Env(), "a row needs columns, and a delimiter of one character");
  }
  const auto quoting = static_cast<Quoting>(number_below(options.Get("quoting"), quoting_count));
  const bool safe = options.Get("safe").As<Napi::Boolean>();
  CellRules rules(delimiter, quoting, safe, columns.size() == 1);
  return std::make_shared<const Rfc4180Encoder>(std::move(columns), std::move(rules));
}

class Rfc4180Shell : public Napi::ObjectWrap<Rfc4180Shell> {
 public:
  explicit Rfc4180Shell(const Napi::CallbackInfo& info)
      : ObjectWrap(info), encoder_(read_options(info[0].As<Napi::Object>())) {}

  // (rows, parts, row, chunk)
  Napi::Value encode(const Napi::CallbackInfo& info) {
    const auto parts = info[1].As<Napi::Array>();
    if (parts.Length() != encoder_->column_count() * 3) {
      throw Napi::RangeError::New(info.Env(), "a batch has another number of columns");
    }
    CsvBatch batch{info[0].As<Napi::Number>().Uint32Value(), {}};
    for (std::uint32_t i = 0; i < parts.Length(); i += 3) batch.columns.push_back(napi::column_of(parts, i));
    return encode_in_pool(info, [encoder = encoder_, batch = std::move(batch)](
                                    std::uint32_t row, std::span<char> chunk) -> std::optional<Encoded> {
      if (!encoder->is_sound(batch)) return std::nullopt;
      return encoder->encode(batch, row, chunk);
    });
  }

 private:
  std::shared_ptr<const Rfc4180Encoder> encoder_;
};

}  // namespace

Napi::Function define_rfc4180_encoder(Napi::Env env) {
  return Rfc4180Shell::DefineClass(env, "Rfc4180Encoder", {Rfc4180Shell::InstanceMethod<&Rfc4180Shell::encode>("encode")});
}

}  // namespace pwalk::csv
