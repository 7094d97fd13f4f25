#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

struct ZSTD_CCtx_s;

namespace pwalk::csv {

// Compresses chunks, each as a frame of its own; frames one after the other are a valid stream
// (RFC 8878, section 3). One thread at a time: it reuses its working memory.
class ZstdCompressor {
 public:
  // Throws std::bad_alloc.
  explicit ZstdCompressor(int level);

  // Room that the frame of so many bytes can need.
  static std::size_t bound(std::size_t bytes) noexcept;
  // Returns the size of the frame. Throws std::bad_alloc when memory is missing and std::length_error
  // when `frame` has less room than `bound` says.
  std::size_t compress(std::string_view chunk, std::span<char> frame);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };

  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

}  // namespace pwalk::csv
