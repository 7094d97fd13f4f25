#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/byte_buffer.hpp"
#include "core/format.hpp"

struct ZSTD_CCtx_s;

namespace pwalk::parquet {

// Compresses pages, each on its own. One per thread: it reuses its working memory.
// Source: Compression.md. "ZSTD": a page is one or more zstd frames (RFC 8878); "LZ4_RAW": it is one block
// of the LZ4 block format, without a frame.
class Compressor {
 public:
  // `level` is zstd's. Throws std::bad_alloc.
  Compressor(Codec codec, int level);

  Codec codec() const noexcept { return codec_; }
  // The page as it goes to the file: `page` itself when there is no codec, else a buffer that lives
  // until the next call.
  std::string_view compress(const ByteBuffer& page);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };

  static std::size_t state_words() noexcept;
  // Bytes put into `compressed_`.
  std::size_t zstd(const ByteBuffer& page);
  std::size_t lz4(const ByteBuffer& page);

  Codec codec_;
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::unique_ptr<std::uint64_t[]> lz4_state_;
  ByteBuffer compressed_;
};

}  // namespace pwalk::parquet
