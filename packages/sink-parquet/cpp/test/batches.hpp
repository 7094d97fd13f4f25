// Batches to encode: made from cells, and what is needed to encode them into memory.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/parallel_encoder.hpp"
#include "pwalk/check.hpp"
#include "pwalk/unique_fd.hpp"

namespace pwalk::parquet::test {

using Cell = std::optional<std::string>;  // a value in PLAIN encoding without length, or null

// The memory of a batch and the view of it.
struct Batch {
  struct Column {
    std::vector<std::uint8_t> validity;
    std::vector<std::uint8_t> data;
    std::vector<std::uint8_t> bytes;
  };
  std::uint32_t rows = 0;
  std::vector<Column> columns;

  BatchView view() const {
    BatchView view{rows, {}};
    for (const Column& column : columns) view.columns.push_back({column.validity, column.data, column.bytes});
    return view;
  }
};

template <class T>
inline void put(std::vector<std::uint8_t>& to, T value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  to.insert(to.end(), bytes, bytes + sizeof value);
}

inline void set_bit(std::vector<std::uint8_t>& bits, std::size_t at) { bits[at / 8] |= static_cast<std::uint8_t>(1u << at % 8); }

inline Batch make_batch(const std::vector<ColumnSpec>& specs, const std::vector<std::vector<Cell>>& cells, bool bitmaps) {
  Batch batch;
  batch.rows = static_cast<std::uint32_t>(cells[0].size());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Batch::Column column;
    const PhysicalType type = physical_type(specs[i].type);
    const bool text = type == PhysicalType::byte_array && specs[i].type != ColumnType::words;
    const std::size_t bitmap = (batch.rows + 7) / 8;
    const bool any_null = std::count(cells[i].begin(), cells[i].end(), std::nullopt) > 0;
    if (any_null || (bitmaps && specs[i].nullable)) column.validity.resize(bitmap);
    if (type == PhysicalType::boolean) column.data.resize(bitmap);
    if (text) put(column.data, std::int32_t{0});
    for (std::size_t row = 0; row < batch.rows; ++row) {
      const Cell& cell = cells[i][row];
      if (cell && !column.validity.empty()) set_bit(column.validity, row);
      const std::string value = cell.value_or("");
      if (text) {
        column.bytes.insert(column.bytes.end(), value.begin(), value.end());
        put(column.data, static_cast<std::int32_t>(column.bytes.size()));
      } else if (specs[i].type == ColumnType::words) {
        const auto word = std::find(specs[i].words.begin(), specs[i].words.end(), value);
        // What a null row holds must not matter.
        column.data.push_back(cell ? static_cast<std::uint8_t>(word - specs[i].words.begin()) : 255);
      } else if (type == PhysicalType::boolean) {
        if (cell && value[0] != 0) set_bit(column.data, row);
      } else {
        const std::size_t width = type == PhysicalType::int32 ? 4 : 8;
        std::string bytes = cell ? value : std::string(width, '\x55');
        column.data.insert(column.data.end(), bytes.begin(), bytes.end());
      }
    }
    batch.columns.push_back(std::move(column));
  }
  return batch;
}

class Waiter final : public EncoderListener {
 public:
  void batch_done(std::uint64_t) override {
    const std::lock_guard lock(mutex_);
    ++done_;
    changed_.notify_all();
  }
  void stopped() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  void wait_until_stopped() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_; });
  }
  int done() {
    const std::lock_guard lock(mutex_);
    return done_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int done_ = 0;
  bool stopped_ = false;
};

inline std::string contents(int fd) {
  std::string bytes(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
  if (::pread(fd, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) throw std::out_of_range("pread");
  return bytes;
}

inline UniqueFd memory_file() { return UniqueFd(::memfd_create("parquet", MFD_CLOEXEC)); }

inline std::string encode(const EncoderOptions& options, const std::vector<Batch>& batches) {
  const UniqueFd fd = memory_file();
  const auto waiter = std::make_shared<Waiter>();
  ParallelEncoder encoder(options, fd.get(), waiter);
  for (std::size_t i = 0; i < batches.size(); ++i) encoder.submit(i, batches[i].view());
  encoder.finish({{"key", "value"}});
  waiter->wait_until_stopped();
  CHECK_EQ(encoder.error(), 0);
  CHECK_EQ(waiter->done(), static_cast<int>(batches.size()));
  const std::string file = contents(fd.get());
  CHECK_EQ(encoder.bytes(), file.size());
  return file;
}

template <class U>
inline std::vector<std::string> as_bytes(const std::vector<U>& numbers) {
  std::vector<std::string> values;
  for (const U number : numbers) values.emplace_back(reinterpret_cast<const char*>(&number), sizeof number);
  return values;
}

inline std::vector<Batch> number_batches(const std::vector<ColumnSpec>& specs, int count, std::size_t rows) {
  std::vector<Batch> batches;
  for (int i = 0; i < count; ++i) {
    std::vector<std::vector<Cell>> columns(specs.size());
    for (std::uint64_t row = 0; row < rows; ++row) {
      for (auto& column : columns) column.push_back(as_bytes(std::vector<std::uint64_t>{row * row})[0]);
    }
    batches.push_back(make_batch(specs, columns, false));
  }
  return batches;
}

inline EncoderOptions one_number_column() {
  EncoderOptions options;
  options.columns = {{"n", ColumnType::uint64, false, Layout::delta, {}}};
  options.codec = Codec::none;
  return options;
}

}  // namespace pwalk::parquet::test
