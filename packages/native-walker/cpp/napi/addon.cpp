// The addon: everything it keeps is per environment, so that worker threads can load it too.
#include <cerrno>
#include <deque>
#include <stdexcept>

#include <napi.h>
#include <sys/file.h>

#include "core/columns.hpp"
#include "core/remaining_work.hpp"
#include "core/walk_options.hpp"
#include "napi/addon_data.hpp"
#include "napi/lister_object.hpp"
#include "napi/options_from_js.hpp"
#include "napi/root_probe.hpp"
#include "napi/walk_object.hpp"
#include "pwalk/napi/small_heap.hpp"

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

// (bytes): what is left of a walk, for whoever has only the bytes.
Napi::Value describe_remaining(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  try {
    std::deque<Mount> mounts;
    const RemainingWork work = read_remaining(bytes_from_js(info[0], "remaining"), mounts, nullptr, [](const WorkItem&) {});
    Napi::Array roots = Napi::Array::New(env, work.roots.size());
    for (size_t i = 0; i < work.roots.size(); ++i) {
      const std::string& path = work.roots[i]->name;
      roots.Set(static_cast<uint32_t>(i), Napi::Buffer<char>::Copy(env, path.data(), path.size()));
    }
    Napi::Object object = Napi::Object::New(env);
    object.Set("directories", static_cast<double>(work.pending));
    object.Set("roots", roots);
    return object;
  } catch (const std::invalid_argument& error) {
    throw Napi::TypeError::New(env, error.what());
  }
}

// (fd): 0 when the lock of an open file is ours now, until it is closed; else the errno.
Napi::Value lock_file(const Napi::CallbackInfo& info) {
  const int failed = ::flock(info[0].ToNumber().Int32Value(), LOCK_EX | LOCK_NB);
  return Napi::Number::New(info.Env(), failed == 0 ? 0 : errno);
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
  exports.Set("describeRemaining", Napi::Function::New(env, describe_remaining, "describeRemaining"));
  exports.Set("lockFile", Napi::Function::New(env, lock_file, "lockFile"));
  exports.Set("keepHeapSmall", Napi::Function::New(env, napi::keep_heap_small, "keepHeapSmall"));
  exports.Set("startWalk", Napi::Function::New(env, start_walk, "startWalk"));
  exports.Set("startLister", Napi::Function::New(env, start_lister, "startLister"));
  return exports;
}

}  // namespace

NODE_API_MODULE(pwalk_walker, init)

}  // namespace pwalk
