// The addon: four thin shells whose methods work on threads of libuv's pool. What goes where, and in
// which order, is decided in src/ordered-writer.ts.
#include <napi.h>

#include "napi/dey.hpp"
#include "napi/output.hpp"
#include "napi/rfc4180.hpp"
#include "napi/zstd.hpp"

namespace pwalk::csv {
namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports["DeyEncoder"] = define_dey_encoder(env);
  exports["Rfc4180Encoder"] = define_rfc4180_encoder(env);
  exports["Zstd"] = define_zstd(env);
  exports["Output"] = define_output(env);
  return exports;
}

NODE_API_MODULE(pwalk_csv, initialize)

}  // namespace
}  // namespace pwalk::csv
