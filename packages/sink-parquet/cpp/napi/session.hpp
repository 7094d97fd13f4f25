#pragma once

#include <napi.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/parallel_encoder.hpp"

namespace pwalk::parquet {

// What the lanes have reported and the JavaScript thread has not yet seen. The lanes fill it and
// wake that thread; shared by both.
class Inbox final : public EncoderListener {
 public:
  struct News {
    std::vector<std::uint64_t> done;
    bool stopped = false;
  };

  explicit Inbox(Napi::ThreadSafeFunction wake) : wake_(std::move(wake)) {}
  void batch_done(std::uint64_t batch) override;
  void stopped() override;
  News take();

 private:
  std::mutex mutex_;
  News news_;
  Napi::ThreadSafeFunction wake_;
};

// An encoder and the promises made about it. Used on the JavaScript thread of its environment only.
//
// Batches that are not done are kept alive by references. The event loop is kept alive while there
// are any, and while the encoder is ending. When the environment goes away first, a cleanup hook
// stops the lanes before the memory they read is freed.
class Session : public std::enable_shared_from_this<Session> {
  struct Key {};  // only `start` has one
  struct InFlight {
    Napi::ObjectReference keep;
    Napi::FunctionReference done;
  };

 public:
  explicit Session(Key) {}
  static std::shared_ptr<Session> start(Napi::Env env, EncoderOptions options, int fd);
  ~Session();

  const EncoderOptions& options() const noexcept { return encoder_->options(); }
  // `keep` holds all that `batch` points into; `done` is called once nothing reads it any more.
  // Resolves when another batch is welcome, which is sooner.
  Napi::Value write(Napi::Env env, BatchView batch, const Napi::Object& keep, const Napi::Function& done);
  // Resolves with { rows, bytes } once the file is whole.
  Napi::Value finish(Napi::Env env, Metadata metadata);
  // Resolves once the lanes have ended, whatever they were doing.
  Napi::Value abort(Napi::Env env);

 private:
  static void environment_ends(void* session);
  void read_inbox(Napi::Env env);
  void settle_write(Napi::Env env);
  void settle_end(Napi::Env env);
  Napi::Value failure(Napi::Env env) const;
  Napi::Value end(Napi::Env env);
  void hold_while_busy(Napi::Env env);

  napi_env env_ = nullptr;
  std::shared_ptr<Session> self_;  // set while busy: promises are owed even if the encoder is dropped
  Napi::ThreadSafeFunction wake_;
  std::shared_ptr<Inbox> inbox_;
  std::unique_ptr<ParallelEncoder> encoder_;
  std::map<std::uint64_t, InFlight> in_flight_;
  std::uint64_t next_batch_ = 0;
  std::optional<Napi::Promise::Deferred> writing_;
  std::vector<Napi::Promise::Deferred> ending_;
  bool aborted_ = false;
  bool stopped_ = false;
};

}  // namespace pwalk::parquet
