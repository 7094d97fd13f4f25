#include "core/compressor.hpp"

#include <lz4.h>
#include <zstd.h>

#include <new>

namespace pwalk::parquet {

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

Compressor::Compressor(Codec codec, int level) : codec_(codec) {
  if (codec == Codec::lz4) lz4_state_ = std::make_unique<std::uint64_t[]>(state_words());
  if (codec != Codec::zstd) return;
  context_.reset(ZSTD_createCCtx());
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
}

// LZ4 wants its state where a pointer may stand.
std::size_t Compressor::state_words() noexcept {
  return (static_cast<std::size_t>(LZ4_sizeofState()) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
}

std::string_view Compressor::compress(const ByteBuffer& page) {
  if (codec_ == Codec::none) return page.view();
  compressed_.clear();
  compressed_.commit(codec_ == Codec::lz4 ? lz4(page) : zstd(page));
  return compressed_.view();
}

std::size_t Compressor::zstd(const ByteBuffer& page) {
  const std::size_t bound = ZSTD_compressBound(page.size());
  const std::size_t size =
      ZSTD_compress2(context_.get(), compressed_.reserve(bound), bound, page.data(), page.size());
  // The buffer is large enough for any page, so memory is all that can be missing.
  if (ZSTD_isError(size)) throw std::bad_alloc();
  return size;
}

std::size_t Compressor::lz4(const ByteBuffer& page) {
  // Two gigabytes in one page: as large as the format lets it be anyway.
  if (page.size() > LZ4_MAX_INPUT_SIZE) throw std::bad_alloc();
  const auto length = static_cast<int>(page.size());
  const int bound = LZ4_compressBound(length);
  auto* const to = reinterpret_cast<char*>(compressed_.reserve(static_cast<std::size_t>(bound)));
  const auto* const from = reinterpret_cast<const char*>(page.data());
  return static_cast<std::size_t>(LZ4_compress_fast_extState(lz4_state_.get(), from, to, length, bound, 1));
}

}  // namespace pwalk::parquet
