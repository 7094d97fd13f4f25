#include "napi/options_from_js.hpp"

#include <cmath>
#include <limits>

namespace pwalk {
namespace {

bool flag_option(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return false;
  if (!value.IsBoolean()) throw Napi::TypeError::New(object.Env(), std::string(name) + " must be true or false");
  return value.As<Napi::Boolean>();
}

uint64_t unsigned_member(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  bool lossless = false;
  const uint64_t number = value.IsBigInt() ? value.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
  if (!lossless) throw Napi::TypeError::New(object.Env(), std::string(name) + " must be a bigint of 64 bits");
  return number;
}

// Milliseconds: longer than anybody waits, and far from overflowing a clock.
constexpr size_t longest_wait = size_t{1} << 40;

ColumnSet columns_option(const Napi::Object& object) {
  const Napi::Value value = object.Get("columns");
  if (value.IsUndefined()) return default_columns;
  const double bits = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  if (!(bits >= 1 && bits < std::exp2(column_count)) || std::floor(bits) != bits) {
    throw Napi::RangeError::New(object.Env(), "columns must have a bit for each column and at least one set");
  }
  return ColumnSet(static_cast<uint32_t>(bits));
}

StatMode stat_option(const Napi::Object& object) {
  const Napi::Value value = object.Get("stat");
  if (value.IsUndefined()) return StatMode::automatic;
  const std::string mode = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  if (mode == "auto") return StatMode::automatic;
  if (mode == "lazy") return StatMode::lazy;
  if (mode == "sync") return StatMode::sync;
  throw Napi::TypeError::New(object.Env(), "stat must be 'auto', 'lazy' or 'sync'");
}

std::vector<FileIdentity> own_files_option(const Napi::Object& object) {
  std::vector<FileIdentity> files;
  const Napi::Value value = object.Get("ownFiles");
  if (value.IsUndefined()) return files;
  if (!value.IsArray()) throw Napi::TypeError::New(object.Env(), "ownFiles must be an array");
  const auto list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Value item = list.Get(i);
    if (!item.IsObject()) throw Napi::TypeError::New(object.Env(), "ownFiles must hold { dev, inode }");
    const auto file = item.As<Napi::Object>();
    files.push_back({unsigned_member(file, "dev"), unsigned_member(file, "inode")});
  }
  return files;
}

std::vector<ExcludePattern> exclude_option(const Napi::Object& object) {
  std::vector<ExcludePattern> patterns;
  const Napi::Value value = object.Get("exclude");
  if (value.IsUndefined()) return patterns;
  if (!value.IsArray()) throw Napi::TypeError::New(object.Env(), "exclude must be an array");
  const auto list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Value item = list.Get(i);
    if (!item.IsObject()) throw Napi::TypeError::New(object.Env(), "exclude must hold patterns");
    const auto pattern = item.As<Napi::Object>();
    patterns.push_back({byte_string(pattern.Get("glob"), "glob"), flag_option(pattern, "negated"),
                        flag_option(pattern, "directoriesOnly"), flag_option(pattern, "anchored")});
  }
  return patterns;
}

}  // namespace

std::string bytes_from_js(const Napi::Value& value, const char* what) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw Napi::TypeError::New(value.Env(), std::string(what) + " must be a Uint8Array");
  }
  const auto bytes = value.As<Napi::Uint8Array>();
  return {reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength()};
}

std::string byte_string(const Napi::Value& value, const char* what) {
  std::string text = bytes_from_js(value, what);
  if (text.find('\0') != std::string::npos) {
    throw Napi::TypeError::New(value.Env(), std::string(what) + " must be a Uint8Array without NUL bytes");
  }
  return text;
}

size_t count_option(const Napi::Object& object, const char* name, size_t fallback, size_t least, size_t most) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return fallback;
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) || std::floor(number) != number) {
    throw Napi::RangeError::New(object.Env(), std::string(name) + " must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return static_cast<size_t>(number);
}

std::vector<std::string> byte_strings(const Napi::Value& value, const char* what) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), std::string(what) + " must be an array");
  const auto list = value.As<Napi::Array>();
  std::vector<std::string> strings;
  strings.reserve(list.Length());
  for (uint32_t i = 0; i < list.Length(); ++i) {
    strings.push_back(byte_string(list.Get(i), what));
  }
  return strings;
}

WalkOptions options_from_js(const Napi::Object& object) {
  WalkOptions options;
  options.roots = byte_strings(object.Get("roots"), "roots");
  if (const Napi::Value remaining = object.Get("remaining"); !remaining.IsUndefined()) {
    options.remaining = bytes_from_js(remaining, "remaining");
  }
  options.retry_degraded = flag_option(object, "retryDegraded");
  options.threads = count_option(object, "threads", options.threads, 1, 1024);
  options.most_threads = count_option(object, "mostThreads", 0, 0, 1024);
  options.columns = columns_option(object);
  options.batch.rows = count_option(object, "batchRows", options.batch.rows, 1, 1 << 20);
  options.batch.bytes = count_option(object, "batchBytes", options.batch.bytes, 1, 1 << 30);
  options.queue_batches = count_option(object, "queueBatches", options.queue_batches, 1, 1 << 16);
  options.directory_bytes = count_option(object, "directoryBytes", options.directory_bytes, 1, size_t{1} << 50);
  options.spill.limit = count_option(object, "spillLimit", options.spill.limit, 1, size_t{1} << 53);
  options.spill.slot_bytes = count_option(object, "spillSegmentBytes", options.spill.slot_bytes, 1 << 10, 1 << 30);
  if (const Napi::Value directory = object.Get("spillDir"); !directory.IsUndefined()) {
    options.spill.directory = byte_string(directory, "spillDir");
  }
  options.stat_chunk_local = count_option(object, "statChunkLocal", options.stat_chunk_local, 1, 1 << 20);
  options.stat_chunk_remote = count_option(object, "statChunkRemote", options.stat_chunk_remote, 1, 1 << 20);
  options.stat_mode = stat_option(object);
  options.warn_after = std::chrono::milliseconds(
      count_option(object, "warnAfter", static_cast<size_t>(options.warn_after.count()), 1, longest_wait));
  options.op_timeout = std::chrono::milliseconds(count_option(object, "opTimeout", 0, 0, longest_wait));
  options.own_files = own_files_option(object);
  options.one_file_system = flag_option(object, "oneFileSystem");
  options.follow_symlinks = flag_option(object, "followSymlinks");
  options.include_pseudo = flag_option(object, "includePseudo");
  if (!object.Get("maxDepth").IsUndefined()) {
    options.max_depth = static_cast<int32_t>(count_option(object, "maxDepth", 0, 0, std::numeric_limits<int32_t>::max()));
  }
  options.exclude = exclude_option(object);
  if (const Napi::Value paths = object.Get("excludePaths"); !paths.IsUndefined()) {
    options.exclude_paths = byte_strings(paths, "excludePaths");
  }
  if (const Napi::Value names = object.Get("skipNames"); !names.IsUndefined()) {
    for (std::string& name : byte_strings(names, "skipNames")) options.skip_names.insert(std::move(name));
  }
  return options;
}

}  // namespace pwalk
