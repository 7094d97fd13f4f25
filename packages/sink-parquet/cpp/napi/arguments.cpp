#include "napi/arguments.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "pwalk/napi/memory.hpp"

namespace pwalk::parquet {
namespace {

template <class Value, std::size_t N>
Value choose(Napi::Env env, const std::string& word, const std::array<std::pair<std::string_view, Value>, N>& choices) {
  for (const auto& [name, value] : choices) {
    if (name == word) return value;
  }
  throw Napi::TypeError::New(env, "unknown word \"" + word + "\"");
}

constexpr std::array<std::pair<std::string_view, ColumnType>, 10> types{{
    {"utf8", ColumnType::utf8},
    {"binary", ColumnType::binary},
    {"bool", ColumnType::boolean},
    {"int32", ColumnType::int32},
    {"uint32", ColumnType::uint32},
    {"int64", ColumnType::int64},
    {"uint64", ColumnType::uint64},
    {"float64", ColumnType::float64},
    {"timestamp", ColumnType::timestamp},
    {"dictionary", ColumnType::words},
}};

constexpr std::array<std::pair<std::string_view, Layout>, 4> layouts{{
    {"plain", Layout::plain},
    {"dictionary", Layout::dictionary},
    {"delta", Layout::delta},
    {"prefix", Layout::prefix},
}};

constexpr std::array<std::pair<std::string_view, Codec>, 3> codecs{{
    {"none", Codec::none},
    {"lz4", Codec::lz4},
    {"zstd", Codec::zstd},
}};

std::string text(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::String>().Utf8Value();
}

std::uint32_t number(const Napi::Object& object, const char* key, std::uint32_t least, std::uint32_t most) {
  const Napi::Value value = object.Get(key);
  const double given = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(given >= least && given <= most)) {
    throw Napi::RangeError::New(object.Env(), std::string(key) + " is not a number within its limits");
  }
  return static_cast<std::uint32_t>(given);
}

ColumnSpec read_column(const Napi::Object& object) {
  const Napi::Env env = object.Env();
  ColumnSpec column;
  column.name = text(object, "name");
  column.type = choose(env, text(object, "type"), types);
  column.nullable = object.Get("nullable").ToBoolean();
  column.layout = choose(env, text(object, "layout"), layouts);
  if (column.type == ColumnType::words) {
    const auto words = object.Get("words").As<Napi::Array>();
    if (words.Length() > 256) throw Napi::RangeError::New(env, "a vocabulary has more than 256 words");
    for (std::uint32_t i = 0; i < words.Length(); ++i) {
      column.words.push_back(words.Get(i).As<Napi::String>().Utf8Value());
    }
  }
  return column;
}

}  // namespace

EncoderOptions read_options(const Napi::Object& object) {
  EncoderOptions options;
  const auto columns = object.Get("columns").As<Napi::Array>();
  for (std::uint32_t i = 0; i < columns.Length(); ++i) {
    options.columns.push_back(read_column(columns.Get(i).As<Napi::Object>()));
  }
  options.codec = choose(object.Env(), text(object, "codec"), codecs);
  options.level = static_cast<int>(number(object, "level", 1, 22));
  options.row_group_rows = number(object, "rowGroupRows", 1, 1u << 30);
  options.page_rows = number(object, "pageRows", 1, 1u << 30);
  options.page_bytes = number(object, "pageBytes", 1, 1u << 30);
  options.row_group_bytes = number(object, "rowGroupBytes", 1, 1u << 30);
  options.dictionary_entries = number(object, "dictionaryEntries", 0, 1u << 30);
  options.lanes = number(object, "lanes", 1, 64);
  options.created_by = text(object, "createdBy");
  return options;
}

BatchView read_batch(std::uint32_t rows, const Napi::Array& parts, const std::vector<ColumnSpec>& columns) {
  const Napi::Env env = parts.Env();
  if (parts.Length() != columns.size() * 3) throw Napi::RangeError::New(env, "a batch has another number of columns");
  BatchView batch;
  batch.rows = rows;
  batch.columns.reserve(columns.size());
  for (std::uint32_t i = 0; i < parts.Length(); i += 3) {
    const ColumnView column = napi::column_of(parts, i);
    if (!column.validity.empty() && !columns[i / 3].nullable) {
      throw Napi::TypeError::New(env, "column \"" + columns[i / 3].name + "\" has nulls but is not nullable");
    }
    batch.columns.push_back(column);
  }
  return batch;
}

Metadata read_metadata(const Napi::Array& pairs) {
  Metadata metadata;
  for (std::uint32_t i = 0; i < pairs.Length(); ++i) {
    const auto pair = pairs.Get(i).As<Napi::Array>();
    metadata.emplace_back(pair.Get(0u).As<Napi::String>().Utf8Value(), pair.Get(1u).As<Napi::String>().Utf8Value());
  }
  return metadata;
}

}  // namespace pwalk::parquet
