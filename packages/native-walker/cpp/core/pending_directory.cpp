#include "core/pending_directory.hpp"

#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "core/memory_meter.hpp"

namespace pwalk {

PendingDirectory::PendingDirectory(DirectoryRef parent, Mount* mount, std::string_view name, const StatRow& stat, uint8_t flags)
    : parent_(std::move(parent)), mount_(mount), record_(std::make_unique_for_overwrite<char[]>(sizeof(Head) + name.size())) {
  static_assert(std::is_trivially_copyable_v<Head>);
  Head head;
  std::memset(static_cast<void*>(&head), 0, sizeof head);  // what lies between its members may be written to a file
  head.stat = stat;
  head.name_size = static_cast<uint32_t>(name.size());
  head.flags = flags;
  std::memcpy(record_.get(), &head, sizeof head);
  std::memcpy(record_.get() + sizeof head, name.data(), name.size());
}

PendingDirectory::PendingDirectory(DirectoryRef parent, std::string_view name, const StatRow& stat, const Facts& facts)
    : PendingDirectory(std::move(parent), facts.mount, name, stat, flags_of(facts)) {}

PendingDirectory PendingDirectory::restored(DirectoryRef parent, std::string_view name, const StatRow& stat, const Facts& facts) {
  const bool elsewhere = parent->dev != stat.dev;
  const auto flags = static_cast<uint8_t>(flags_of(facts) | restored_flag | (elsewhere ? other_device : 0));
  return PendingDirectory(std::move(parent), facts.mount, name, stat, flags);
}

PendingDirectory::PendingDirectory(DirectoryRef parent, Mount* mount, std::string_view record)
    : parent_(std::move(parent)), mount_(mount), record_(std::make_unique_for_overwrite<char[]>(record.size())) {
  std::memcpy(record_.get(), record.data(), record.size());
}

uint8_t PendingDirectory::flags_of(const Facts& facts) {
  return static_cast<uint8_t>((facts.mount_known ? mount_known : 0) | (facts.follow ? follow : 0));
}

PendingDirectory::Head PendingDirectory::head() const {
  Head head;
  std::memcpy(&head, record_.get(), sizeof head);
  return head;
}

DirectoryRef PendingDirectory::directory() const {
  const Head known = head();
  std::string name(record_.get() + sizeof(Head), known.name_size);
  DirectoryRef made = (known.flags & restored_flag) != 0
                          ? Directory::restored_child(parent_, std::move(name), known.stat, (known.flags & other_device) != 0)
                          : Directory::child(parent_, std::move(name), &known.stat);
  made->mount = mount_;
  made->mount_known = (known.flags & mount_known) != 0;
  made->follow = (known.flags & follow) != 0;
  return made;
}

std::string_view PendingDirectory::record() const { return {record_.get(), sizeof(Head) + head().name_size}; }

size_t PendingDirectory::record_size(std::string_view bytes) {
  if (bytes.size() < sizeof(Head)) return 0;
  Head head;
  std::memcpy(&head, bytes.data(), sizeof head);
  return head.name_size > bytes.size() - sizeof(Head) ? 0 : sizeof(Head) + head.name_size;
}

size_t PendingDirectory::footprint() const { return heap_bytes(sizeof(Head) + head().name_size); }

}  // namespace pwalk
