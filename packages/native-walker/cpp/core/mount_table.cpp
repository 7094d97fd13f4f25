#include "core/mount_table.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/vfs.h>

#include "pwalk/unique_fd.hpp"

namespace pwalk {
namespace {

// f_type as in linux/magic.h and the file systems' own sources.
FileSystemKind kind_of(uint32_t type) {
  switch (type) {
    case 0x00009FA0:  // proc
    case 0x62656572:  // sysfs
    case 0x0027E0EB:  // cgroup
    case 0x63677270:  // cgroup2
    case 0x64626720:  // debugfs
    case 0x74726163:  // tracefs
    case 0x73636673:  // securityfs
    case 0xF97CFF8C:  // selinuxfs
    case 0x43415D53:  // smackfs
    case 0x5A3C69F0:  // apparmorfs
    case 0xCAFE4A11:  // bpf
    case 0x00001CD1:  // devpts
    case 0x6165676C:  // pstore
    case 0xDE5E81E4:  // efivarfs
    case 0x62656570:  // configfs
    case 0x65735543:  // fusectl
    case 0x42494E4D:  // binfmt_misc
    case 0x19800202:  // mqueue
    case 0x6E736673:  // nsfs
    case 0x07655821:  // resctrl
    case 0x67596969:  // rpc_pipefs
    case 0x6E667364:  // nfsd
      return FileSystemKind::pseudo;
    case 0x00000187:
      return FileSystemKind::automount;
    default:
      return FileSystemKind::storage;
  }
}

}  // namespace

bool is_remote(uint32_t type) {
  switch (type) {
    case 0x6969:      // NFS
    case 0x517B:      // SMB
    case 0xFF534D42:  // CIFS
    case 0xFE534D42:  // SMB2
    case 0x0BD00BD0:  // Lustre
    case 0x47504653:  // GPFS
    case 0x00C36400:  // Ceph
    case 0x65735546:  // FUSE
    case 0x19830326:  // BeeGFS (FhGFS)
    case 0x5346414F:  // AFS (OpenAFS)
    case 0x6B414653:  // AFS (kAFS)
    case 0x01021997:  // 9P
    case 0x73757245:  // Coda
    case 0x20030528:  // OrangeFS
    case 0x7461636F:  // OCFS2
    case 0x01161970:  // GFS2
    case 0xAAD7AAEA:  // PanFS
    case 0x013661FC:  // WEKA
      return true;
    default:
      return false;
  }
}

MountTable::Probe MountTable::at(const StatRow& row, int parent_fd, const char* name, bool follow) {
  const uint64_t key = key_of(row);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = mounts_.find(key); known != mounts_.end()) return {known->second.get()};
  }
  // Not under the lock: the file system may take its time.
  // With O_DIRECTORY, even O_PATH would have autofs mount something.
  const UniqueFd place(::openat(parent_fd, name, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW)));
  if (!place.valid()) return {nullptr, errno, Operation::open};
  struct statfs got{};
  if (::fstatfs(place.get(), &got) != 0) return {nullptr, errno, Operation::stat};
  const auto type = static_cast<uint32_t>(got.f_type);
  const std::lock_guard lock(mutex_);
  auto& mount = mounts_[key];
  if (mount == nullptr) mount.reset(new Mount{key, is_remote(type), kind_of(type)});
  return {mount.get()};
}

}  // namespace pwalk
