#include "napi/zstd.hpp"

#include <memory>

#include "core/zstd_compressor.hpp"
#include "pwalk/napi/memory.hpp"
#include "pwalk/napi/pool_work.hpp"

namespace pwalk::csv {
namespace {

// The compressor, and whether a thread has it.
struct Shared {
  explicit Shared(int level) : compressor(level) {}
  ZstdCompressor compressor;
  bool busy = false;  // JavaScript thread only
};

std::shared_ptr<Shared> make_shared_compressor(const Napi::Value& level) {
  try {
    return std::make_shared<Shared>(level.As<Napi::Number>().Int32Value());
  } catch (const std::bad_alloc&) {
    throw Napi::Error::New(level.Env(), "no memory for zstd");
  }
}

class ZstdShell : public Napi::ObjectWrap<ZstdShell> {
 public:
  explicit ZstdShell(const Napi::CallbackInfo& info) : ObjectWrap(info), shared_(make_shared_compressor(info[0])) {}

  // (bytes)
  Napi::Value bound(const Napi::CallbackInfo& info) {
    const auto bytes = static_cast<std::size_t>(info[0].As<Napi::Number>().Int64Value());
    return Napi::Number::New(info.Env(), static_cast<double>(ZstdCompressor::bound(bytes)));
  }

  // (chunk, frame)
  Napi::Value compress(const Napi::CallbackInfo& info) {
    if (shared_->busy) throw Napi::Error::New(info.Env(), "compress() was called before the last compress() was settled");
    const auto chunk = napi::memory_of(info[0]);
    const auto frame = napi::memory_of(info[1]);
    Napi::Array keep = Napi::Array::New(info.Env());
    keep.Set(0u, info[0]);
    keep.Set(1u, info[1]);
    shared_->busy = true;
    return napi::run_in_pool(
        keep,
        [shared = shared_, chunk, frame] {
          return shared->compressor.compress({reinterpret_cast<const char*>(chunk.data()), chunk.size()},
                                             {reinterpret_cast<char*>(frame.data()), frame.size()});
        },
        [shared = shared_](Napi::Env env, std::size_t size) {
          shared->busy = false;
          return Napi::Number::New(env, static_cast<double>(size));
        });
  }

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace

Napi::Function define_zstd(Napi::Env env) {
  return ZstdShell::DefineClass(env, "Zstd",
                                {ZstdShell::InstanceMethod<&ZstdShell::bound>("bound"),
                                 ZstdShell::InstanceMethod<&ZstdShell::compress>("compress")});
}

}  // namespace pwalk::csv
