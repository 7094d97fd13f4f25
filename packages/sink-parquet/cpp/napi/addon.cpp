// The addon: class Encoder, a thin shell around a Session.
#include <napi.h>

#include "napi/arguments.hpp"
#include "napi/session.hpp"
#include "pwalk/napi/small_heap.hpp"

namespace pwalk::parquet {
namespace {

class Encoder : public Napi::ObjectWrap<Encoder> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Encoder",
                       {InstanceMethod<&Encoder::write>("write"), InstanceMethod<&Encoder::finish>("finish"),
                        InstanceMethod<&Encoder::abort>("abort")});
  }

  // (fd, options)
  explicit Encoder(const Napi::CallbackInfo& info)
      : ObjectWrap(info),
        session_(Session::start(info.Env(), read_options(info[1].As<Napi::Object>()),
                                info[0].As<Napi::Number>().Int32Value())) {}

 private:
  // (rows, parts, done)
  Napi::Value write(const Napi::CallbackInfo& info) {
    const auto parts = info[1].As<Napi::Array>();
    BatchView batch = read_batch(info[0].As<Napi::Number>().Uint32Value(), parts, session_->options().columns);
    return session_->write(info.Env(), std::move(batch), parts, info[2].As<Napi::Function>());
  }

  // (metadata)
  Napi::Value finish(const Napi::CallbackInfo& info) {
    return session_->finish(info.Env(), read_metadata(info[0].As<Napi::Array>()));
  }

  Napi::Value abort(const Napi::CallbackInfo& info) { return session_->abort(info.Env()); }

  std::shared_ptr<Session> session_;
};

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports["Encoder"] = Encoder::define(env);
  exports["keepHeapSmall"] = Napi::Function::New(env, napi::keep_heap_small, "keepHeapSmall");
  return exports;
}

NODE_API_MODULE(pwalk_parquet, initialize)

}  // namespace
}  // namespace pwalk::parquet
