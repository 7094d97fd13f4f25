#pragma once

#include <napi.h>

#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace pwalk::napi {

// An error that carries an errno.
inline Napi::Error system_error(Napi::Env env, int error) {
  Napi::Error value = Napi::Error::New(env, std::strerror(error));
  value.Set("errno", Napi::Number::New(env, error));
  return value;
}

// Work on a thread of libuv's pool that settles a promise. Node waits for it before it takes an
// environment down, so it must end soon whatever happens.
template <class Work, class Settle>
class PoolWork final : public Napi::AsyncWorker {
 public:
  PoolWork(const Napi::Object& keep, Work work, Settle settle)
      : AsyncWorker(keep.Env(), "pwalk"),
        deferred_(Napi::Promise::Deferred::New(keep.Env())),
        keep_(Napi::Persistent(keep)),
        work_(std::move(work)),
        settle_(std::move(settle)) {}

  Napi::Value promise() const { return deferred_.Promise(); }

 private:
  void Execute() override { result_.emplace(work_()); }

  void OnOK() override {
    try {
      deferred_.Resolve(settle_(Env(), *result_));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

  Napi::Promise::Deferred deferred_;
  Napi::ObjectReference keep_;
  Work work_;
  Settle settle_;
  std::optional<decltype(std::declval<Work&>()())> result_;
};

// Runs `work()` in the pool, then resolves with `settle(env, result)`, or rejects with what that
// throws. `keep` holds the memory that the work points into.
template <class Work, class Settle>
Napi::Value run_in_pool(const Napi::Object& keep, Work work, Settle settle) {
  auto queued = std::make_unique<PoolWork<Work, Settle>>(keep, std::move(work), std::move(settle));
  const Napi::Value promise = queued->promise();
  queued->Queue();
  queued.release();  // it deletes itself when it is done
  return promise;
}

}  // namespace pwalk::napi
