#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/parallel_encoder.hpp"
#include "pwalk/check.hpp"
#include "pwalk/unique_fd.hpp"
#include "test/batches.hpp"
#include "test/file_reader.hpp"

namespace pwalk::parquet::test {
namespace {

PWALK_TEST("a full device is ENOSPC, and every batch is given back") {
  const UniqueFd fd(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EncoderOptions options = one_number_column();
  options.row_group_rows = 100;
  options.lanes = 3;
  const auto waiter = std::make_shared<Waiter>();
  ParallelEncoder encoder(options, fd.get(), waiter);
  const std::vector<Batch> batches = number_batches(options.columns, 20, 1000);
  for (const Batch& batch : batches) encoder.submit(0, batch.view());
  encoder.finish({});
  waiter->wait_until_stopped();
  CHECK_EQ(encoder.error(), ENOSPC);
  CHECK_EQ(waiter->done(), 20);
}

PWALK_TEST("a descriptor that is not open is EBADF") {
  const auto waiter = std::make_shared<Waiter>();
  ParallelEncoder encoder(one_number_column(), 1 << 20, waiter);
  encoder.finish({});
  waiter->wait_until_stopped();
  CHECK_EQ(encoder.error(), EBADF);
}

PWALK_TEST("a pipe gets the whole file, also when it does not block; a reader that leaves is EPIPE") {
  for (const bool leaves : {false, true}) {
    int ends[2];
    CHECK_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    EncoderOptions options = one_number_column();
    options.row_group_rows = 5000;
    const auto waiter = std::make_shared<Waiter>();
    ParallelEncoder encoder(options, writer.get(), waiter);
    const std::vector<Batch> batches = number_batches(options.columns, 20, 10'000);
    for (const Batch& batch : batches) encoder.submit(0, batch.view());
    encoder.finish({});
    writer.reset();
    std::string file;
    if (leaves) {
      reader.reset();
    } else {
      for (std::vector<char> buffer(1 << 16);;) {
        const ssize_t count = ::read(reader.get(), buffer.data(), buffer.size());
        if (count == 0) break;
        if (count > 0) file.append(buffer.data(), static_cast<std::size_t>(count));
      }
    }
    waiter->wait_until_stopped();
    CHECK_EQ(encoder.error(), leaves ? EPIPE : 0);
    if (!leaves) CHECK_EQ(read_file(file, options.columns).size(), 200'000u);
  }
}

PWALK_TEST("an encoder whose reader does not read is stopped at once, and says nothing afterwards") {
  int ends[2];
  CHECK_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  EncoderOptions options = one_number_column();
  options.row_group_rows = 1000;
  options.lanes = 2;
  const auto waiter = std::make_shared<Waiter>();
  const std::vector<Batch> batches = number_batches(options.columns, 50, 10'000);
  const auto begin = std::chrono::steady_clock::now();
  {
    ParallelEncoder encoder(options, writer.get(), waiter);
    for (const Batch& batch : batches) encoder.submit(0, batch.view());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    encoder.cancel();
    waiter->wait_until_stopped();
    CHECK_EQ(encoder.error(), ECANCELED);
  }
  CHECK_EQ(waiter->done(), 50);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}

PWALK_TEST("a batch whose buffers contradict each other is refused, not read") {
  const std::vector<ColumnSpec> specs{{"t", ColumnType::utf8, false, Layout::delta, {}},
                                      {"w", ColumnType::words, true, Layout::dictionary, {"a"}}};
  const auto good = make_batch(specs, {{"x", "y"}, {"a", "a"}}, false);
  CHECK(is_sound(good.view(), specs));
  Batch beyond = good;
  beyond.columns[0].bytes.pop_back();
  CHECK(!is_sound(beyond.view(), specs));
  Batch descending = good;
  descending.columns[0].data[4] = 3;
  CHECK(!is_sound(descending.view(), specs));
  Batch unknown = good;
  unknown.columns[1].data[0] = 1;
  CHECK(!is_sound(unknown.view(), specs));
  unknown.columns[1].validity = {2};
  CHECK(is_sound(unknown.view(), specs));
  Batch shorter = good;
  shorter.columns[1].data.pop_back();
  CHECK(!is_sound(shorter.view(), specs));
  const UniqueFd fd = memory_file();
  EncoderOptions options;
  options.columns = specs;
  const auto waiter = std::make_shared<Waiter>();
  ParallelEncoder encoder(options, fd.get(), waiter);
  encoder.submit(0, beyond.view());
  encoder.finish({});
  waiter->wait_until_stopped();
  CHECK_EQ(encoder.error(), unsound_batch);
}

}  // namespace
}  // namespace pwalk::parquet::test
