#pragma once

#include <memory>
#include <optional>
#include <span>

#include <napi.h>

#include "core/lister.hpp"
#include "napi/waker.hpp"

namespace pwalk {

// The NativeLister of src/walk/native-lister.ts. JavaScript thread only.
//
// While wait() is pending the object holds itself and keeps the event loop alive. Collected without
// close(), it cancels its lister and waits for nothing.
class ListerObject : public Napi::ObjectWrap<ListerObject> {
 public:
  static Napi::Function define(Napi::Env env);

  // new NativeLister(options, answer)
  explicit ListerObject(const Napi::CallbackInfo& info);
  ~ListerObject() override;

 private:
  Napi::Value visit(const Napi::CallbackInfo& info);
  Napi::Value visit_sync(const Napi::CallbackInfo& info);
  Napi::Value resume(const Napi::CallbackInfo& info);
  Napi::Value wait(const Napi::CallbackInfo& info);
  Napi::Value linked_directories(const Napi::CallbackInfo& info);
  void replan(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void close_sync(const Napi::CallbackInfo& info);
  Napi::Value progress(const Napi::CallbackInfo& info);

  Napi::Value visit(const Napi::CallbackInfo& info, Lister::Wait wait);
  // Writes the step into the caller's Int32Array and returns the names.
  Napi::Value answer(Napi::Env env, Lister::Step step);
  void on_wake(Napi::Env env);

  std::shared_ptr<Waker> waker_;
  std::shared_ptr<Lister> lister_;
  Napi::Reference<Napi::Int32Array> answer_array_;
  std::span<int32_t> answer_;
  bool as_bytes_ = false;
  std::optional<Napi::Promise::Deferred> pending_;
};

}  // namespace pwalk
