#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include <napi.h>

namespace pwalk {

// Lets any thread have a function called on the JavaScript thread, for as long as there is one.
//
// Lifetime: the walk, the object that made this and the thread-safe function each hold a reference.
// Node frees the thread-safe function when its environment goes, whoever may still want to call it;
// its finalizer clears `function_` under the lock that wake() holds while calling, so a late wake()
// finds nothing to call. The callback belongs to the JavaScript thread and goes with close().
class Waker {
 public:
  static std::shared_ptr<Waker> create(Napi::Env env, std::function<void(Napi::Env)> callback);

  // Any thread.
  void wake() noexcept;

  // JavaScript thread: whether the event loop waits for a wake().
  void keep_loop_alive(Napi::Env env, bool alive);
  // JavaScript thread: the callback is not called any more.
  void close() noexcept;

 private:
  static void call(napi_env env, napi_value function, void* context, void* data);
  static void finalize(napi_env env, void* data, void* hint);

  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;
  std::function<void(Napi::Env)> callback_;
};

}  // namespace pwalk
