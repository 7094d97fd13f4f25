#include "core/zstd_compressor.hpp"

#include <zstd.h>

#include <new>
#include <stdexcept>

namespace pwalk::csv {

void ZstdCompressor::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

ZstdCompressor::ZstdCompressor(int level) : context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
}

std::size_t ZstdCompressor::bound(std::size_t bytes) noexcept { return ZSTD_compressBound(bytes); }

std::size_t ZstdCompressor::compress(std::string_view chunk, std::span<char> frame) {
  if (frame.size() < bound(chunk.size())) throw std::length_error("the frame has too little room");
  const std::size_t size =
      ZSTD_compress2(context_.get(), frame.data(), frame.size(), chunk.data(), chunk.size());
  // There is room for any frame, so memory is all that can be missing.
  if (ZSTD_isError(size)) throw std::bad_alloc();
  return size;
}

}  // namespace pwalk::csv
