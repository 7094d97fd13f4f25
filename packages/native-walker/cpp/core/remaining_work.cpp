#include "core/remaining_work.hpp"

#include <algorithm>
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

// The directories read so far that others may be in, by their numbers.
class Above {
 public:
  void add(uint32_t number, DirectoryRef directory) { known_.emplace_back(number, std::move(directory)); }
  const DirectoryRef& at(uint32_t number) {
    // Siblings mostly come together.
    if (last_ >= known_.size() || known_[last_].first != number) {
      const auto found = std::ranges::lower_bound(known_, number, {}, &Known::first);
      if (found == known_.end() || found->first != number) Reader::refuse("a directory is in no place");
      last_ = static_cast<size_t>(found - known_.begin());
    }
    return known_[last_].second;
  }

 private:
  using Known = std::pair<uint32_t, DirectoryRef>;
  std::vector<Known> known_;
  size_t last_ = 0;
};

struct Node {
  WorkItem item;
  bool pending;
};

Node read_node(Reader& from, uint32_t count, Above& above, std::deque<Mount>& mounts, size_t first_mount, MemoryMeter* meter) {
  const auto parent = from.number<uint32_t>();
  const auto mount = from.number<uint32_t>();
  const auto flags = from.number<uint8_t>();
  const std::string name(from.take(from.number<uint32_t>()));
  const auto has = [flags](NodeFlag flag) { return (flags & flag) != 0; };
  const bool pending = has(node_pending);
  if (parent > count || mount > mounts.size() - first_mount) Reader::refuse("a directory refers to nothing");
  if (flags > 31 || name.empty() || name.find('\0') != std::string::npos) Reader::refuse("a directory has no name");
  // Only a root is pending without having been looked at.
  if (!has(node_identity)) {
    if (parent != 0 || mount != 0 || has(node_stat) || has(node_mount_unknown) || !pending) Reader::refuse("a directory is unknown");
    return {Directory::root(name, meter), pending};
  }
  if (mount == 0 || has(node_stat) != pending || (has(node_mount_unknown) && !pending)) Reader::refuse("a directory is not whole");
  StatRow row;
  if (pending) {
    row = read_stat(from);
    if (!row.is_directory()) Reader::refuse("a directory is none");
  } else {
    row.dev = from.number<uint64_t>();
    row.inode = from.number<uint64_t>();
  }
  Mount* const on = &mounts[first_mount + mount - 1];
  if (parent == 0) {
    if (pending) Reader::refuse("a root is half done");
    DirectoryRef root = Directory::restored_root(name, {row.dev, row.inode}, meter);
    root->mount = on;
    return {std::move(root), pending};
  }
  const DirectoryRef& holder = above.at(parent);
  if (!is_name(name)) Reader::refuse("a directory is in no place");
  const PendingDirectory::Facts facts{.mount = on, .mount_known = !has(node_mount_unknown), .follow = has(node_follow)};
  if (pending) return {PendingDirectory::restored(holder, name, row, facts), pending};
  DirectoryRef entered = Directory::restored_child(holder, name, FileIdentity{row.dev, row.inode});
  entered->mount = on;
  entered->follow = facts.follow;
  return {std::move(entered), pending};
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

void RemainingWriter::add(const WorkItem& pending) {
  if (const auto* root = std::get_if<DirectoryRef>(&pending)) {
    write(**root, true);
    return;
  }
  const auto& found = std::get<PendingDirectory>(pending);
  number_of(*found.parent());
  write(*found.directory(), true);
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

RemainingWork read_remaining(std::string_view bytes, std::deque<Mount>& mounts, MemoryMeter* meter,
                             const std::function<void(WorkItem)>& each) {
  Reader from(bytes);
  if (from.number<uint32_t>() != format_version) Reader::refuse("its version is unknown");
  const auto mount_count = from.number<uint32_t>();
  const auto count = from.number<uint32_t>();
  const size_t first_mount = mounts.size();
  for (const char flags : from.take(mount_count)) {
    mounts.emplace_back(uint64_t{Mount::stand_in_key}, (flags & mount_remote) != 0,
                        FileSystemKind::storage, (flags & mount_degraded) != 0);
  }
  RemainingWork work;
  Above above;
  for (uint32_t i = 0; i < count; ++i) {
    Node node = read_node(from, i, above, mounts, first_mount, meter);
    if (const auto* directory = std::get_if<DirectoryRef>(&node.item)) {
      if ((*directory)->is_root()) work.roots.push_back(*directory);
      if (!node.pending) above.add(i + 1, *directory);
    }
    if (!node.pending) continue;
    ++work.pending;
    each(std::move(node.item));
  }
  if (!from.empty()) Reader::refuse("something follows it");
  if (work.pending == 0) Reader::refuse("nothing is left in it");
  return work;
}

}  // namespace pwalk
