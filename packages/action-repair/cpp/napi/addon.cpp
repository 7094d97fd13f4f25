// The addon: a root with its jobs, the account database, capabilities, and a socket for the system's
// log. What is done in which order is decided in src/.
#include <napi.h>
#include <sys/file.h>

#include <cstddef>

#include "core/accounts.hpp"
#include "core/change_record.hpp"
#include "core/datagram.hpp"
#include "core/nominee.hpp"
#include "core/privileges.hpp"
#include "napi/tree.hpp"
#include "pwalk/napi/memory.hpp"

namespace pwalk::repair {
namespace {

class DatagramShell : public Napi::ObjectWrap<DatagramShell> {
 public:
  explicit DatagramShell(const Napi::CallbackInfo& info)
      : ObjectWrap(info), socket_(info[0].As<Napi::String>().Utf8Value()) {}

  // (message): 0 or an errno.
  Napi::Value send(const Napi::CallbackInfo& info) {
    const auto message = napi::memory_of(info[0]);
    return Napi::Number::New(info.Env(), socket_.send({reinterpret_cast<const char*>(message.data()), message.size()}));
  }

  Napi::Value error(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), socket_.error()); }

 private:
  Datagram socket_;
};

Napi::Value capabilities(const Napi::CallbackInfo& info) {
  return Napi::BigInt::New(info.Env(), effective_capabilities());
}

Napi::Value name_of_group(const Napi::CallbackInfo& info) {
  const auto name = group_name(info[0].As<Napi::Number>().Uint32Value());
  return name ? Napi::Value(Napi::String::New(info.Env(), *name)) : info.Env().Null();
}

Napi::Value id_of_group(const Napi::CallbackInfo& info) {
  const auto id = group_id(info[0].As<Napi::String>().Utf8Value());
  return id ? Napi::Value(Napi::Number::New(info.Env(), *id)) : info.Env().Null();
}

Napi::Value id_of_user(const Napi::CallbackInfo& info) {
  const auto id = user_id(info[0].As<Napi::String>().Utf8Value());
  return id ? Napi::Value(Napi::Number::New(info.Env(), *id)) : info.Env().Null();
}

// (fd): whether the lock of an open file is ours now. It ends with the descriptor.
Napi::Value lock(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), ::flock(info[0].As<Napi::Number>().Int32Value(), LOCK_EX | LOCK_NB) == 0);
}

// Where the members of a record are: for the test that compares the two layouts.
Napi::Value record_layout(const Napi::CallbackInfo& info) {
  Napi::Object layout = Napi::Object::New(info.Env());
#define PWALK_MEMBER(name) layout[#name] = Napi::Number::New(info.Env(), offsetof(ChangeRecord, name))
  PWALK_MEMBER(size);
  PWALK_MEMBER(path_length);
  PWALK_MEMBER(dev);
  PWALK_MEMBER(inode);
  PWALK_MEMBER(ctime_ns);
  PWALK_MEMBER(btime_ns);
  PWALK_MEMBER(mode);
  PWALK_MEMBER(uid);
  PWALK_MEMBER(gid);
  PWALK_MEMBER(nlink);
  PWALK_MEMBER(new_mode);
  PWALK_MEMBER(new_uid);
  PWALK_MEMBER(new_gid);
  PWALK_MEMBER(rules);
  PWALK_MEMBER(features);
  PWALK_MEMBER(depth);
  PWALK_MEMBER(status);
  PWALK_MEMBER(error);
  PWALK_MEMBER(got_mode);
  PWALK_MEMBER(got_uid);
  PWALK_MEMBER(got_gid);
  PWALK_MEMBER(checks);
  PWALK_MEMBER(widened);
  PWALK_MEMBER(handed_on);
#undef PWALK_MEMBER
  layout["path"] = Napi::Number::New(info.Env(), sizeof(ChangeRecord));
  return layout;
}

// The same of a nominee.
Napi::Value nominee_layout(const Napi::CallbackInfo& info) {
  Napi::Object layout = Napi::Object::New(info.Env());
#define PWALK_MEMBER(name) layout[#name] = Napi::Number::New(info.Env(), offsetof(Nominee, name))
  PWALK_MEMBER(row);
  PWALK_MEMBER(rows);
  PWALK_MEMBER(path_is_raw);
  PWALK_MEMBER(new_mode);
  PWALK_MEMBER(new_uid);
  PWALK_MEMBER(new_gid);
  PWALK_MEMBER(rules);
  PWALK_MEMBER(checks);
  PWALK_MEMBER(records_at);
  PWALK_MEMBER(records_end);
  PWALK_MEMBER(pending);
  PWALK_MEMBER(no_group);
  PWALK_MEMBER(outside);
#undef PWALK_MEMBER
  layout["end"] = Napi::Number::New(info.Env(), sizeof(Nominee));
  return layout;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports["Tree"] = define_tree(env);
  exports["Datagram"] = DatagramShell::DefineClass(env, "Datagram",
                                                   {DatagramShell::InstanceMethod<&DatagramShell::send>("send"),
                                                    DatagramShell::InstanceMethod<&DatagramShell::error>("error")});
  exports["capabilities"] = Napi::Function::New<capabilities>(env);
  exports["groupName"] = Napi::Function::New<name_of_group>(env);
  exports["groupId"] = Napi::Function::New<id_of_group>(env);
  exports["userId"] = Napi::Function::New<id_of_user>(env);
  exports["lock"] = Napi::Function::New<lock>(env);
  exports["nomineeLayout"] = Napi::Function::New<nominee_layout>(env);
  exports["recordLayout"] = Napi::Function::New<record_layout>(env);
  return exports;
}

NODE_API_MODULE(pwalk_repair, initialize)

}  // namespace
}  // namespace pwalk::repair
