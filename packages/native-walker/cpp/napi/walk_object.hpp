#pragma once

#include <memory>
#include <optional>

#include <napi.h>

#include "core/walk.hpp"
#include "napi/waker.hpp"

namespace pwalk {

// The NativeWalk of src/native-binding.ts. JavaScript thread only.
//
// While a next() is pending the object holds itself and keeps the event loop alive. Collected
// without close(), it cancels its walk and waits for nothing.
class WalkObject : public Napi::ObjectWrap<WalkObject> {
 public:
  static Napi::Function define(Napi::Env env);

  // new NativeWalk(options)
  explicit WalkObject(const Napi::CallbackInfo& info);
  ~WalkObject() override;

 private:
  Napi::Value next(const Napi::CallbackInfo& info);
  void take(const Napi::CallbackInfo& info);
  void stop(const Napi::CallbackInfo& info);
  Napi::Value remaining(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  Napi::Value accounting(const Napi::CallbackInfo& info);
  Napi::Value progress(const Napi::CallbackInfo& info);
  Napi::Value notes(const Napi::CallbackInfo& info);

  // Settles the promise if the queue has an answer; false when it will call back.
  bool settle(Napi::Env env, const Napi::Promise::Deferred& deferred);
  void on_wake(Napi::Env env);

  std::shared_ptr<Waker> waker_;
  std::shared_ptr<Walk> walk_;
  BatchPtr announced_;  // by the last next(), not taken yet
  std::optional<Napi::Promise::Deferred> pending_;
};

}  // namespace pwalk
