#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "core/zstd_compressor.hpp"
#include "pwalk/check.hpp"
#include "pwalk/fd_output.hpp"

namespace pwalk::csv {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    CHECK_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  UniqueFd reader;
  UniqueFd writer;
};

UniqueFd temporary_file() {
  return UniqueFd(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

PWALK_TEST("a file is written on from where it is, through a descriptor of its own") {
  UniqueFd file = temporary_file();
  CHECK_EQ(::write(file.get(), "ab", 2), 2);
  const FdOutput output(file.get());
  const int other = ::dup(file.get());
  file.reset();
  const FdOutput::Step step = output.write_some("cd");
  CHECK_EQ(step.written, 2u);
  CHECK_EQ(step.error, 0);
  std::array<char, 8> read{};
  CHECK_EQ(::pread(other, read.data(), read.size(), 0), 4);
  CHECK_EQ(std::string(read.data()), "abcd");
  ::close(other);
}

PWALK_TEST("a pipe that nobody reads ends the step, and what is read makes room for the next") {
  Pipe pipe;
  const FdOutput output(pipe.writer.get());
  const std::string much(1 << 20, 'x');
  const FdOutput::Step first = output.write_some(much);
  CHECK_EQ(first.error, 0);
  CHECK(first.written > 0 && first.written < much.size());
  CHECK_EQ(output.write_some(much).written, 0u);
  std::string drained(first.written, ' ');
  CHECK(::read(pipe.reader.get(), drained.data(), drained.size()) > 0);
  CHECK(output.write_some(much).written > 0);
}

PWALK_TEST("a reader that keeps up gets everything") {
  Pipe pipe;
  const FdOutput output(pipe.writer.get());
  const std::string much(1 << 22, 'y');
  std::size_t seen = 0;
  std::jthread reader([&] {
    std::array<char, 65536> buffer;
    while (seen < much.size()) {
      const ssize_t count = ::read(pipe.reader.get(), buffer.data(), buffer.size());
      if (count <= 0) break;
      seen += static_cast<std::size_t>(count);
    }
  });
  std::string_view rest = much;
  while (!rest.empty()) {
    const FdOutput::Step step = output.write_some(rest);
    CHECK_EQ(step.error, 0);
    if (step.error != 0) break;
    rest.remove_prefix(step.written);
  }
  reader.join();
  CHECK_EQ(seen, much.size());
}

PWALK_TEST("a reader that is gone, a full device and a closed descriptor are errnos") {
  Pipe pipe;
  const FdOutput output(pipe.writer.get());
  pipe.reader.reset();
  CHECK_EQ(output.write_some("x").error, EPIPE);
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  CHECK_EQ(FdOutput(full.get()).write_some("x").error, ENOSPC);
  CHECK_EQ(FdOutput(-1).write_some("x").error, EBADF);
}

PWALK_TEST("a zstd frame begins with its magic number and is smaller than what repeats") {
  ZstdCompressor compressor(1);
  const std::string text(100'000, 'z');
  std::string frame(ZstdCompressor::bound(text.size()), '\0');
  for (int again = 0; again < 2; ++again) {
    const std::size_t size = compressor.compress(text, frame);
    CHECK(size < 1000);
    CHECK_EQ(frame.substr(0, 4), "\x28\xb5\x2f\xfd");
  }
  bool refused = false;
  try {
    compressor.compress(text, std::span(frame).first(10));
  } catch (const std::length_error&) {
    refused = true;
  }
  CHECK(refused);
}

}  // namespace
}  // namespace pwalk::csv
