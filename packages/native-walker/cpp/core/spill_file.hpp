#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "pwalk/unique_fd.hpp"

namespace pwalk {

// What is too much for memory cannot be put elsewhere.
class SpillError : public std::exception {
 public:
  // `error`: the errno; 0 when the limit is reached.
  explicit SpillError(int error) : error_(error) {}
  int error() const { return error_; }
  const char* what() const noexcept override { return "cannot spill"; }

 private:
  int error_;
};

// A file without a name that is gone when the process is, however that ends: slots of one size, each
// written, read and used again as a whole.
//
// The file is made at the first write. It never has more slots than the limit allows; a free slot keeps
// its blocks until it is written again. One thread at a time.
class SpillFile {
 public:
  struct Options {
    std::string directory = "/tmp";
    uint64_t limit = uint64_t{10} << 30;  // bytes
    size_t slot_bytes = 1 << 20;
  };

  explicit SpillFile(Options options) : options_(std::move(options)) {}

  size_t slot_bytes() const { return options_.slot_bytes; }
  // At most slot_bytes(). The slot they are in. Throws SpillError.
  uint32_t write(std::string_view bytes);
  // As many bytes as were written to the slot. Throws SpillError.
  void read(uint32_t slot, std::string& bytes) const;
  void free(uint32_t slot) { free_.push_back(slot); }
  // Gives the space back; nothing can be read any more.
  void close();

 private:
  void make();

  const Options options_;
  UniqueFd fd_;
  std::vector<uint32_t> free_;  // used again last in, first out
  uint32_t slots_ = 0;
};

}  // namespace pwalk
