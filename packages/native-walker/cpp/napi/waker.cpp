#include "napi/waker.hpp"

#include <utility>

namespace pwalk {
namespace {

using WakerRef = std::shared_ptr<Waker>;

}  // namespace

std::shared_ptr<Waker> Waker::create(Napi::Env env, std::function<void(Napi::Env)> callback) {
  auto waker = std::make_shared<Waker>();
  waker->callback_ = std::move(callback);
  auto context = std::make_unique<WakerRef>(waker);
  const napi_status status =
      napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "pwalk"), 0, 1, context.get(),
                                      &Waker::finalize, context.get(), &Waker::call, &waker->function_);
  if (status != napi_ok) throw Napi::Error::New(env);
  context.release();  // finalize() owns it now
  waker->keep_loop_alive(env, false);
  return waker;
}

void Waker::wake() noexcept {
  const std::lock_guard lock(mutex_);
  if (function_ != nullptr) napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void Waker::keep_loop_alive(Napi::Env env, bool alive) {
  const std::lock_guard lock(mutex_);
  if (function_ == nullptr) return;
  if (alive) {
    napi_ref_threadsafe_function(env, function_);
  } else {
    napi_unref_threadsafe_function(env, function_);
  }
}

void Waker::close() noexcept {
  callback_ = nullptr;
  const std::lock_guard lock(mutex_);
  if (function_ != nullptr) napi_release_threadsafe_function(std::exchange(function_, nullptr), napi_tsfn_abort);
}

void Waker::call(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // the environment is going
  const WakerRef waker = *static_cast<WakerRef*>(context);
  const auto callback = waker->callback_;  // it may call close()
  if (!callback) return;
  try {
    callback(Napi::Env(env));
  } catch (const Napi::Error&) {
    // Settling a promise fails only where the environment is being terminated and refuses every
    // call: there is nobody left to tell.
  }
}

void Waker::finalize(napi_env, void* data, void*) {
  const std::unique_ptr<WakerRef> waker(static_cast<WakerRef*>(data));
  const std::lock_guard lock((*waker)->mutex_);
  (*waker)->function_ = nullptr;
}

}  // namespace pwalk
