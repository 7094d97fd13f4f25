#include "napi/session.hpp"

#include <cstring>

namespace pwalk::parquet {

void Inbox::batch_done(std::uint64_t batch) {
  {
    const std::lock_guard lock(mutex_);
    news_.done.push_back(batch);
  }
  wake_.NonBlockingCall();
}

void Inbox::stopped() {
  {
    const std::lock_guard lock(mutex_);
    news_.stopped = true;
  }
  wake_.NonBlockingCall();
}

Inbox::News Inbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, {});
}

std::shared_ptr<Session> Session::start(Napi::Env env, EncoderOptions options, int fd) {
  const auto session = std::make_shared<Session>(Key{});
  const Napi::Function read =
      Napi::Function::New(env, [weak = std::weak_ptr(session)](const Napi::CallbackInfo& info) {
        if (const auto self = weak.lock()) self->read_inbox(info.Env());
      });
  session->env_ = env;
  session->wake_ = Napi::ThreadSafeFunction::New(env, read, "pwalk parquet encoder", 0, 1);
  session->wake_.Unref(env);
  session->inbox_ = std::make_shared<Inbox>(session->wake_);
  try {
    session->encoder_ = std::make_unique<ParallelEncoder>(std::move(options), fd, session->inbox_);
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
  // Hooks run last to first: ours before the one that closes the function above.
  napi_add_env_cleanup_hook(env, environment_ends, session.get());
  return session;
}

Session::~Session() {
  if (env_ != nullptr) {
    if (encoder_) napi_remove_env_cleanup_hook(env_, environment_ends, this);
    encoder_.reset();
    wake_.Release();
  }
}

void Session::environment_ends(void* self) {
  auto* session = static_cast<Session*>(self);
  session->encoder_->stop();
  session->env_ = nullptr;
  const auto last = std::exchange(session->self_, nullptr);
}

Napi::Value Session::write(Napi::Env env, BatchView batch, const Napi::Object& keep, const Napi::Function& done) {
  if (writing_) throw Napi::Error::New(env, "write() was called before the last write() was settled");
  if (!ending_.empty() || stopped_) throw Napi::Error::New(env, "write() was called after finish() or abort()");
  const auto deferred = Napi::Promise::Deferred::New(env);
  if (encoder_->error() != 0) {
    done.Call({});
    deferred.Reject(failure(env));
    return deferred.Promise();
  }
  const std::uint64_t id = next_batch_++;
  in_flight_.emplace(id, InFlight{Napi::Persistent(keep), Napi::Persistent(done)});
  encoder_->submit(id, std::move(batch));
  hold_while_busy(env);
  // One batch may wait, so that a lane need not idle while this thread is on its way to the next.
  writing_ = deferred;
  settle_write(env);
  return deferred.Promise();
}

Napi::Value Session::finish(Napi::Env env, Metadata metadata) {
  if (!ending_.empty() || stopped_) throw Napi::Error::New(env, "finish() was called after finish() or abort()");
  encoder_->finish(std::move(metadata));
  return end(env);
}

Napi::Value Session::abort(Napi::Env env) {
  aborted_ = true;
  encoder_->cancel();
  return end(env);
}

Napi::Value Session::end(Napi::Env env) {
  ending_.push_back(Napi::Promise::Deferred::New(env));
  const Napi::Value promise = ending_.back().Promise();
  // Settled first: an encoder that has stopped already has nothing to wait for, nor to hold the loop for.
  if (stopped_) settle_end(env);
  hold_while_busy(env);
  return promise;
}

void Session::read_inbox(Napi::Env env) {
  const auto self = shared_from_this();
  const Inbox::News news = inbox_->take();
  stopped_ = stopped_ || news.stopped;
  for (const std::uint64_t id : news.done) {
    const auto batch = in_flight_.extract(id);
    if (!batch.empty()) batch.mapped().done.Call({});
  }
  settle_write(env);
  if (stopped_) settle_end(env);
  hold_while_busy(env);
}

void Session::settle_write(Napi::Env env) {
  if (!writing_ || (encoder_->error() == 0 && in_flight_.size() > encoder_->options().lanes)) return;
  const auto deferred = *std::exchange(writing_, std::nullopt);
  if (encoder_->error() == 0) {
    deferred.Resolve(env.Undefined());
  } else {
    deferred.Reject(failure(env));
  }
}

void Session::settle_end(Napi::Env env) {
  for (const auto& deferred : std::exchange(ending_, {})) {
    if (encoder_->error() != 0 && !aborted_) {
      deferred.Reject(failure(env));
      continue;
    }
    Napi::Object written = Napi::Object::New(env);
    written.Set("rows", Napi::Number::New(env, static_cast<double>(encoder_->rows())));
    written.Set("bytes", Napi::Number::New(env, static_cast<double>(encoder_->bytes())));
    deferred.Resolve(written);
  }
}

Napi::Value Session::failure(Napi::Env env) const {
  const int error = encoder_->error();
  Napi::Error value = Napi::Error::New(env, std::strerror(error));
  value.Set("errno", Napi::Number::New(env, error));
  return value.Value();
}

void Session::hold_while_busy(Napi::Env env) {
  if (!in_flight_.empty() || !ending_.empty()) {
    wake_.Ref(env);
    self_ = shared_from_this();
  } else {
    wake_.Unref(env);
    self_.reset();
  }
}

}  // namespace pwalk::parquet
