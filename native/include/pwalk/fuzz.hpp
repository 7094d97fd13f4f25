// Fuzz targets: what is given any bytes and has to stand them.
//
//   PWALK_FUZZ("dirents") { … input.byte() … FUZZ_CHECK(condition); }
//
// The same targets run in two ways: for as long as one likes under libFuzzer (native/fuzz/libfuzzer.cpp,
// needs clang), and in the package's tests over the kept corpus and a bounded number of mutations of it.
// A corpus is the directory cpp/fuzz/corpus/<target> of the package, one input a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pwalk::fuzz {

// Bytes as what a target makes of them. Past the end there are zeros.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  std::string_view rest() const { return bytes_; }
  std::uint8_t byte() { return value<std::uint8_t>(); }
  template <class T>
  T value() {
    T result{};
    const std::string_view bytes = take(sizeof result);
    if (!bytes.empty()) std::memcpy(&result, bytes.data(), bytes.size());
    return result;
  }
  // At most `most` bytes; how many, the input says.
  std::string_view text(std::size_t most) { return take(value<std::uint16_t>() % (most + 1)); }

 private:
  std::string_view take(std::size_t count) {
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view bytes_;
};

struct Target {
  const char* name;
  void (*run)(Input input);
};

inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

struct Register {
  Register(const char* name, void (*run)(Input)) { targets().push_back({name, run}); }
};

inline void check(bool good, const char* what) {
  if (!good) throw std::logic_error(what);
}

// Runs every target over its corpus below `directory` and over `rounds` mutations of it, the same ones
// each time. Throws std::runtime_error that names the target and has the input in hexadecimal.
void run_corpora(const std::string& directory, std::size_t rounds);

}  // namespace pwalk::fuzz

#define PWALK_FUZZ_CONCAT2(a, b) a##b
#define PWALK_FUZZ_CONCAT(a, b) PWALK_FUZZ_CONCAT2(a, b)
#define PWALK_FUZZ(name)                                                             \
  static void PWALK_FUZZ_CONCAT(pwalk_fuzz_, __LINE__)(pwalk::fuzz::Input input);    \
  static const pwalk::fuzz::Register PWALK_FUZZ_CONCAT(pwalk_fuzz_register_, __LINE__){ \
      name, &PWALK_FUZZ_CONCAT(pwalk_fuzz_, __LINE__)};                              \
  static void PWALK_FUZZ_CONCAT(pwalk_fuzz_, __LINE__)(pwalk::fuzz::Input input)
#define FUZZ_CHECK(condition) pwalk::fuzz::check((condition), #condition)
