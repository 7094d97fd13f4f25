#include "napi/root_probe.hpp"

#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/walk_options.hpp"
#include "napi/options_from_js.hpp"
#include "napi/waker.hpp"

namespace pwalk {
namespace {

// What the thread found. Written before it wakes JavaScript, read after.
using Findings = std::shared_ptr<std::vector<RootProbe>>;

Napi::Array to_js(Napi::Env env, const std::vector<RootProbe>& findings) {
  Napi::Array list = Napi::Array::New(env, findings.size());
  for (size_t i = 0; i < findings.size(); ++i) {
    Napi::Object root = Napi::Object::New(env);
    root.Set("errno", findings[i].error);
    root.Set("dev", Napi::BigInt::New(env, findings[i].identity.dev));
    root.Set("inode", Napi::BigInt::New(env, findings[i].identity.inode));
    root.Set("btime", findings[i].btime ? Napi::Value(Napi::BigInt::New(env, *findings[i].btime)) : env.Null());
    list.Set(static_cast<uint32_t>(i), root);
  }
  return list;
}

}  // namespace

Napi::Value probe_roots_async(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::vector<std::string> roots = byte_strings(info[0], "roots");
  const auto deferred = Napi::Promise::Deferred::New(env);
  const Findings findings = std::make_shared<std::vector<RootProbe>>();
  const auto waker = std::make_shared<std::weak_ptr<Waker>>();
  const auto created = Waker::create(env, [findings, deferred, waker](Napi::Env callback_env) {
    const Napi::HandleScope scope(callback_env);
    deferred.Resolve(to_js(callback_env, *findings));
    if (const auto held = waker->lock()) held->close();
  });
  *waker = created;
  try {
    std::thread([findings, roots = std::move(roots), created] {
      *findings = probe_roots(roots);
      created->wake();
    }).detach();
  } catch (const std::system_error& error) {
    created->close();
    throw Napi::Error::New(env, std::string("cannot look at the roots: ") + error.what());
  }
  return deferred.Promise();
}

}  // namespace pwalk
