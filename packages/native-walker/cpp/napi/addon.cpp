// The addon: everything it keeps is per environment, so that worker threads can load it too.
#include <napi.h>

#include "core/columns.hpp"
#include "core/walk_options.hpp"
#include "napi/addon_data.hpp"
#include "napi/lister_object.hpp"
#include "napi/options_from_js.hpp"
#include "napi/root_probe.hpp"
#include "napi/walk_object.hpp"

namespace pwalk {
namespace {

const char* type_name(ColumnType type) {
  switch (type) {
    case ColumnType::utf8: return "utf8";
    case ColumnType::binary: return "binary";
    case ColumnType::dictionary: return "dictionary";
    case ColumnType::boolean: return "bool";
    case ColumnType::int32: return "int32";
    case ColumnType::uint32: return "uint32";
    case ColumnType::uint64: return "uint64";
    case ColumnType::timestamp: return "timestamp";
  }
  return "";
}

Napi::Value columns(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array list = Napi::Array::New(env, column_count);
  for (size_t i = 0; i < column_count; ++i) {
    Napi::Object column = Napi::Object::New(env);
    column.Set("name", column_table[i].name);
    column.Set("type", type_name(column_table[i].type));
    column.Set("nullable", column_table[i].nullable);
    column.Set("stat", stat_columns.has(static_cast<Column>(i)));
    list.Set(static_cast<uint32_t>(i), column);
  }
  return list;
}

Napi::Value start_walk(const Napi::CallbackInfo& info) {
  return info.Env().GetInstanceData<AddonData>()->walk_constructor.New({info[0]});
}

Napi::Value start_lister(const Napi::CallbackInfo& info) {
  return info.Env().GetInstanceData<AddonData>()->lister_constructor.New({info[0], info[1]});
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData;  // the environment deletes it
  env.SetInstanceData(data);
  data->walk_constructor = Napi::Persistent(WalkObject::define(env));
  data->lister_constructor = Napi::Persistent(ListerObject::define(env));
  env.AddCleanupHook([data] {
    data->walks.stop_all();
    data->listers.stop_all();
  });
  exports.Set("columns", Napi::Function::New(env, columns, "columns"));
  exports.Set("probeRoots", Napi::Function::New(env, probe_roots_async, "probeRoots"));
  exports.Set("startWalk", Napi::Function::New(env, start_walk, "startWalk"));
  exports.Set("startLister", Napi::Function::New(env, start_lister, "startLister"));
  return exports;
}

}  // namespace

NODE_API_MODULE(pwalk_walker, init)

}  // namespace pwalk
