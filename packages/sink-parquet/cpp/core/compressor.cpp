#include "core/compressor.hpp"

#include <zstd.h>

#include <new>

namespace pwalk::parquet {

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

Compressor::Compressor(Codec codec, int level) : codec_(codec) {
  if (codec == Codec::none) return;
  context_.reset(ZSTD_createCCtx());
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
}

std::string_view Compressor::compress(const ByteBuffer& page) {
  if (codec_ == Codec::none) return page.view();
  const std::size_t bound = ZSTD_compressBound(page.size());
  compressed_.clear();
  const std::size_t size =
      ZSTD_compress2(context_.get(), compressed_.reserve(bound), bound, page.data(), page.size());
  // The buffer is large enough for any page, so memory is all that can be missing.
  if (ZSTD_isError(size)) throw std::bad_alloc();
  compressed_.commit(size);
  return compressed_.view();
}

}  // namespace pwalk::parquet
