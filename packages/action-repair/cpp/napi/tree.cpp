#include "napi/tree.hpp"

#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/change.hpp"
#include "core/job.hpp"
#include "core/nominee.hpp"
#include "pwalk/napi/memory.hpp"
#include "pwalk/napi/pool_work.hpp"

namespace pwalk::repair {
namespace {

std::string bytes_of(const Napi::Value& value) {
  const auto memory = napi::memory_of(value);
  return {reinterpret_cast<const char*>(memory.data()), memory.size()};
}

std::vector<uint32_t> ids_of(const Napi::Value& value) {
  const auto ids = value.As<Napi::Uint32Array>();
  return {ids.Data(), ids.Data() + ids.ElementLength()};
}

Protection protection_from(const Napi::Object& object) {
  Protection protection;
  const auto each = [&](const char* list, auto&& add) {
    const auto items = object.Get(list).As<Napi::Array>();
    for (uint32_t i = 0; i < items.Length(); ++i) add(items.Get(i));
  };
  each("trees", [&](const Napi::Value& path) { protection.add_tree(path.As<Napi::String>().Utf8Value()); });
  each("directories", [&](const Napi::Value& path) { protection.add_directory(path.As<Napi::String>().Utf8Value()); });
  each("own", [&](const Napi::Value& file) {
    bool lossless = false;
    const auto pair = file.As<Napi::Object>();
    protection.add_own({pair.Get("dev").As<Napi::BigInt>().Uint64Value(&lossless),
                        pair.Get("inode").As<Napi::BigInt>().Uint64Value(&lossless)});
  });
  return protection;
}

// An object that names the columns as `ScannedColumns` does in src/scanned-columns.ts.
ScannedColumns columns_from(const Napi::Object& object) {
  const auto bytes = [&](const char* column) { return napi::memory_of(object.Get(column)); };
  ScannedColumns columns;
  columns.paths = bytes("pathBytes");
  columns.raw_paths = bytes("rawPathBytes");
  columns.path_offsets = bytes("pathOffsets");
  columns.raw_path_offsets = bytes("rawPathOffsets");
  columns.devs = bytes("dev");
  columns.inodes = bytes("inode");
  columns.modes = bytes("mode");
  columns.uids = bytes("uid");
  columns.gids = bytes("gid");
  columns.nlinks = bytes("nlink");
  columns.depths = bytes("depth");
  return columns;
}

Napi::Object status_object(Napi::Env env, const InodeStatus& status) {
  Napi::Object object = Napi::Object::New(env);
  object["dev"] = Napi::BigInt::New(env, status.identity.dev);
  object["inode"] = Napi::BigInt::New(env, status.identity.inode);
  object["mntId"] = Napi::BigInt::New(env, status.mnt_id);
  object["mode"] = Napi::Number::New(env, status.mode);
  object["uid"] = Napi::Number::New(env, status.uid);
  object["gid"] = Napi::Number::New(env, status.gid);
  return object;
}

// JavaScript thread only, but for the work of a job, which holds references to all it uses. Until
// close(), or the collector, it holds two descriptors: of the root, and of /proc/self/fd.
class TreeShell : public Napi::ObjectWrap<TreeShell> {
 public:
  // (path, { trees, directories, own })
  explicit TreeShell(const Napi::CallbackInfo& info)
      : ObjectWrap(info),
        root_(std::make_shared<const TreeRoot>(bytes_of(info[0]), protection_from(info[1].As<Napi::Object>()))),
        stopped_(std::make_shared<std::atomic<bool>>(false)) {}

  Napi::Value describe(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    check_open(env);
    Napi::Object object = Napi::Object::New(env);
    object["refusal"] = Napi::Number::New(env, static_cast<double>(root_->refusal()));
    object["errno"] = Napi::Number::New(env, root_->error());
    object["path"] = Napi::Buffer<char>::Copy(env, root_->path().data(), root_->path().size());
    object["status"] = status_object(env, root_->status());
    object["hasProc"] = Napi::Boolean::New(env, root_->proc().valid());
    Napi::Array ancestors = Napi::Array::New(env);
    for (const InodeStatus& ancestor : root_->ancestors()) {
      ancestors.Set(ancestors.Length(), status_object(env, ancestor));
    }
    object["ancestors"] = ancestors;
    return object;
  }

  // (record, into): whether the entry is there under one of its names; its uid, gid and mode.
  Napi::Value look(const Napi::CallbackInfo& info) {
    check_open(info.Env());
    const std::vector<RecordAt> records = records_in(napi::memory_of(info[0]));
    if (records.size() != 1) throw Napi::Error::New(info.Env(), "the record is not whole");
    const auto into = napi::memory_of(info[1]);
    Descent descent(*root_);
    const Reached found = reach_any(descent, records[0]);
    const ChangeRecord record = records[0].load();
    const uint32_t numbers[] = {found.inode.uid, found.inode.gid, found.inode.mode};
    const bool is_there = found.status == Status::ok && into.size() >= sizeof numbers &&
                          found.inode.identity == FileIdentity{record.dev, record.inode};
    if (is_there) std::memcpy(into.data(), numbers, sizeof numbers);
    return Napi::Boolean::New(info.Env(), is_there);
  }

  // ({ columns, root, nominees, records }, threads, { trustedOwners, badGroups })
  Napi::Value inspect(const Napi::CallbackInfo& info) {
    const auto memory = info[0].As<Napi::Object>();
    const auto from = info[2].As<Napi::Object>();
    Inheritance inheritance{ids_of(from.Get("trustedOwners")), ids_of(from.Get("badGroups"))};
    Nominees nominees(columns_from(memory.Get("columns").As<Napi::Object>()), bytes_of(memory.Get("root")),
                      napi::memory_of(memory.Get("nominees")), napi::memory_of(memory.Get("records")));
    return run(info, memory, [nominees = std::move(nominees), inheritance = std::move(inheritance)](const Job& job) {
      return job.inspect_all(nominees, inheritance);
    });
  }

  // (records, threads)
  Napi::Value change(const Napi::CallbackInfo& info) {
    const auto records = napi::memory_of(info[0]);
    return run(info, info[0].As<Napi::Object>(), [records](const Job& job) { return job.change_all(records); });
  }

  void stop(const Napi::CallbackInfo&) { stopped_->store(true, std::memory_order_relaxed); }

  void close(const Napi::CallbackInfo&) {
    root_.reset();
  }

 private:
  void check_open(Napi::Env env) const {
    if (!root_) throw Napi::Error::New(env, "the root was let go of");
  }

  // `keep` holds the memory that the work is on.
  template <class Work>
  Napi::Value run(const Napi::CallbackInfo& info, const Napi::Object& keep, Work&& work) {
    check_open(info.Env());
    const unsigned threads = info[1].As<Napi::Number>().Uint32Value();
    if (root_->refusal() != Refusal::none || !root_->proc().valid()) {
      throw Napi::Error::New(info.Env(), "the root was refused");
    }
    return napi::run_in_pool(
        keep,
        [root = root_, stopped = stopped_, work = std::forward<Work>(work), threads] {
          return work(Job{*root, threads, *stopped});
        },
        [](Napi::Env env, bool whole) -> Napi::Value {
          if (!whole) throw Napi::Error::New(env, "the records are not whole");
          return env.Undefined();
        });
  }

  std::shared_ptr<const TreeRoot> root_;
  std::shared_ptr<std::atomic<bool>> stopped_;
};

}  // namespace

Napi::Function define_tree(Napi::Env env) {
  return TreeShell::DefineClass(
      env, "Tree",
      {TreeShell::InstanceMethod<&TreeShell::describe>("describe"), TreeShell::InstanceMethod<&TreeShell::look>("look"),
       TreeShell::InstanceMethod<&TreeShell::inspect>("inspect"),
       TreeShell::InstanceMethod<&TreeShell::change>("change"), TreeShell::InstanceMethod<&TreeShell::stop>("stop"),
       TreeShell::InstanceMethod<&TreeShell::close>("close")});
}

}  // namespace pwalk::repair
