#include "core/remaining_work.hpp"

#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace pwalk {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they are in memory");

constexpr uint32_t format_version = 1;
constexpr size_t header_bytes = 12;

enum MountFlag : uint8_t { mount_remote = 1, mount_degraded = 2 };
enum NodeFlag : uint8_t { node_pending = 1, node_follow = 2, node_stat = 4, node_identity = 8, node_mount_unknown = 16 };

template <class T>
void put(std::string& to, T value) {
  static_assert(std::is_integral_v<T>);
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Numbers from bytes; throws past their end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view take(size_t count) {
    if (count > bytes_.size()) refuse("it ends too early");
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  bool empty() const { return bytes_.empty(); }
  [[noreturn]] static void refuse(const char* why) { throw std::invalid_argument(std::string("no frontier of a walk: ") + why); }

 private:
  std::string_view bytes_;
};

template <class Row, class Each>
void each_number(Row& row, Each each) {
  for (auto* value : {&row.inode, &row.dev, &row.size, &row.blocks, &row.mnt_id}) each(*value);
  for (auto* value : {&row.atime, &row.mtime, &row.ctime, &row.btime}) each(*value);
  for (auto* value : {&row.mode, &row.uid, &row.gid, &row.nlink}) each(*value);
}

void put_stat(std::string& to, const StatRow& row) {
  each_number(row, [&](auto value) { put(to, value); });
  put(to, static_cast<uint8_t>(row.has_btime));
  put(to, static_cast<uint8_t>(row.has_mnt_id));
  put(to, row.clamped);
}

StatRow read_stat(Reader& from) {
  StatRow row;
  each_number(row, [&](auto& value) { value = from.number<std::remove_reference_t<decltype(value)>>(); });
  row.has_btime = from.number<uint8_t>() != 0;
  row.has_mnt_id = from.number<uint8_t>() != 0;
  row.clamped = from.number<uint8_t>() & 0x0F;
  return row;
}

bool is_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

struct Node {
  DirectoryRef directory;
  bool pending;
};

Node read_node(Reader& from, const std::vector<Node>& above, std::deque<Mount>& mounts) {
  const auto parent = from.number<uint32_t>();
  const auto mount = from.number<uint32_t>();
  const auto flags = from.number<uint8_t>();
  const std::string name(from.take(from.number<uint32_t>()));
  const auto has = [flags](NodeFlag flag) { return (flags & flag) != 0; };
  if (parent > above.size() || mount > mounts.size()) Reader::refuse("a directory refers to nothing");
  if (flags > 31 || name.empty() || name.find('\0') != std::string::npos) Reader::refuse("a directory has no name");
  Node node{.directory = {}, .pending = has(node_pending)};
  // Only a root is pending without having been looked at.
  if (!has(node_identity)) {
    if (parent != 0 || mount != 0 || has(node_stat) || has(node_mount_unknown) || !node.pending) Reader::refuse("a directory is unknown");
    node.directory = Directory::root(name);
    return node;
  }
  if (mount == 0 || has(node_stat) != node.pending || (has(node_mount_unknown) && !node.pending)) Reader::refuse("a directory is not whole");
  StatRow row;
  FileIdentity then{};
  if (has(node_stat)) {
    row = read_stat(from);
    then = {row.dev, row.inode};
    if (!row.is_directory()) Reader::refuse("a directory is none");
  } else {
    then.dev = from.number<uint64_t>();
    then.inode = from.number<uint64_t>();
  }
  if (parent == 0) {
    if (node.pending) Reader::refuse("a root is half done");
    node.directory = Directory::restored_root(name, then);
  } else {
    const Node& holder = above[parent - 1];
    if (holder.pending || !is_name(name)) Reader::refuse("a directory is in no place");
    node.directory = Directory::restored_child(holder.directory, name, then);
    node.directory->follow = has(node_follow);
    node.directory->mount_known = !has(node_mount_unknown);
  }
  node.directory->mount = &mounts[mount - 1];
  if (has(node_stat)) {
    node.directory->stat = row;
    node.directory->has_stat = true;
  }
  return node;
}

}  // namespace

RemainingWriter::RemainingWriter() = default;

uint32_t RemainingWriter::number_of(const Mount* mount) {
  if (mount == nullptr) return 0;
  const auto [at, is_new] = known_mounts_.try_emplace(mount, static_cast<uint32_t>(known_mounts_.size() + 1));
  if (is_new) {
    const bool degraded = mount->degraded.load(std::memory_order_relaxed);
    put(mounts_, static_cast<uint8_t>((mount->remote ? mount_remote : 0) | (degraded ? mount_degraded : 0)));
  }
  return at->second;
}

// Of a directory that was listed; those above it are written before it, in a loop, however deep.
uint32_t RemainingWriter::number_of(const Directory& directory) {
  std::vector<const Directory*> unknown;
  const Directory* at = &directory;
  while (at != nullptr && !known_.contains(at)) {
    unknown.push_back(at);
    at = at->parent.get();
  }
  while (!unknown.empty()) {
    const Directory* next = unknown.back();
    unknown.pop_back();
    known_[next] = write(*next, false);
  }
  return known_.at(&directory);
}

void RemainingWriter::add(const Directory& pending) {
  if (!pending.is_root()) number_of(*pending.parent);
  write(pending, true);
}

uint32_t RemainingWriter::write(const Directory& directory, bool pending) {
  put(nodes_, directory.is_root() ? uint32_t{0} : known_.at(directory.parent.get()));
  put(nodes_, number_of(directory.mount));
  const bool stat = pending && directory.has_stat;
  put(nodes_, static_cast<uint8_t>((pending ? node_pending : 0) | (directory.follow && !directory.is_root() ? node_follow : 0) |
                                   (stat ? node_stat : 0) | (directory.identified ? node_identity : 0) |
                                   (directory.mount_known ? 0 : node_mount_unknown)));
  put(nodes_, static_cast<uint32_t>(directory.name.size()));
  nodes_ += directory.name;
  if (stat) {
    put_stat(nodes_, directory.stat);
  } else if (directory.identified) {
    put(nodes_, directory.dev);
    put(nodes_, directory.inode);
  }
  if (++count_ == std::numeric_limits<uint32_t>::max()) throw std::length_error("too many directories are left");
  return count_;
}

std::string RemainingWriter::finish() && {
  std::string bytes;
  bytes.reserve(header_bytes + mounts_.size() + nodes_.size());
  put(bytes, format_version);
  put(bytes, static_cast<uint32_t>(mounts_.size()));
  put(bytes, count_);
  return bytes.append(mounts_).append(nodes_);
}

RemainingWork read_remaining(std::string_view bytes) {
  Reader from(bytes);
  if (from.number<uint32_t>() != format_version) Reader::refuse("its version is unknown");
  const auto mounts = from.number<uint32_t>();
  const auto count = from.number<uint32_t>();
  RemainingWork work;
  for (const char flags : from.take(mounts)) {
    work.mounts.emplace_back(uint64_t{Mount::stand_in_key}, (flags & mount_remote) != 0,
                             FileSystemKind::storage, (flags & mount_degraded) != 0);
  }
  std::vector<Node> nodes;
  for (uint32_t i = 0; i < count; ++i) {
    nodes.push_back(read_node(from, nodes, work.mounts));
    const Node& node = nodes.back();
    if (node.directory->is_root()) work.roots.push_back(node.directory);
    if (node.pending) work.pending.push_back(node.directory);
  }
  if (!from.empty()) Reader::refuse("something follows it");
  if (work.pending.empty()) Reader::refuse("nothing is left in it");
  return work;
}

}  // namespace pwalk
