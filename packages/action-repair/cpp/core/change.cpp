#include "core/change.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>

#include "core/features.hpp"

namespace pwalk::repair {
namespace {

constexpr uint32_t set_id_bits = S_ISUID | S_ISGID;

void note(ChangeRecord& record, const InodeStatus& inode) {
  record.got_mode = inode.mode;
  record.got_uid = inode.uid;
  record.got_gid = inode.gid;
}

bool is_same_file(const ChangeRecord& record, const InodeStatus& inode) {
  const bool born_alike = record.btime_ns == 0 || inode.btime_ns == 0 || record.btime_ns == inode.btime_ns;
  return inode.identity == FileIdentity{record.dev, record.inode} &&
         (inode.mode & S_IFMT) == (record.mode & S_IFMT) && born_alike;
}

bool is_before(const ChangeRecord& record, const InodeStatus& inode) {
  return inode.uid == record.uid && inode.gid == record.gid && inode.mode == record.mode;
}

bool is_after(const ChangeRecord& record, const InodeStatus& inode) {
  return inode.uid == record.new_uid && inode.gid == record.new_gid && inode.permissions() == record.new_mode;
}

// A state that a run which was killed may have left: between old and new in every part. The kernel
// may have taken set-id bits away.
bool is_between(const ChangeRecord& record, const InodeStatus& inode) {
  const uint32_t old_mode = record.mode & 07777;
  const uint32_t least = old_mode & record.new_mode & ~set_id_bits;
  const uint32_t most = old_mode | record.new_mode;
  const uint32_t mode = inode.permissions();
  return (inode.uid == record.uid || inode.uid == record.new_uid) &&
         (inode.gid == record.gid || inode.gid == record.new_gid) && (mode & least) == least && (mode & ~most) == 0;
}

// Compares with the before-image; ok, already or stale.
Status compare(const ChangeRecord& record, const InodeStatus& inode) {
  if (!is_same_file(record, inode) || !(inode.is_directory() || inode.is_regular())) return Status::stale;
  if (is_after(record, inode)) return Status::already;
  if ((record.checks & accept_partial) != 0) return is_between(record, inode) ? Status::ok : Status::stale;
  if (!is_before(record, inode)) return Status::stale;
  if ((record.checks & check_ctime) != 0 && (inode.ctime_ns != record.ctime_ns || inode.nlink != record.nlink)) {
    return Status::stale;
  }
  return Status::ok;
}

int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// How old a ctime must be so that a rename would change it, whatever the clock's tick.
constexpr int64_t settled_ns = 20'000'000;

// Whether every name of a file with several is among those given: then no name lies outside. Each is
// looked up; that none was renamed meanwhile, to be counted twice, shows in the ctime.
bool has_all_names(Descent& descent, const ChangeRecord& record, std::string_view names, int fd) {
  InodeStatus before;
  if (status_of(fd, before) != 0) return false;
  for (int64_t age = now_ns() - before.ctime_ns; age >= 0 && age < settled_ns; age = now_ns() - before.ctime_ns) {
    const timespec pause{0, settled_ns - age};
    ::nanosleep(&pause, nullptr);
  }
  std::set<std::string_view> seen;
  while (!names.empty()) {
    const size_t end = std::min(names.find('\0'), names.size());
    const Reached other = descent.reach(names.substr(0, end));
    if (other.status != Status::ok || other.inode.identity != FileIdentity{record.dev, record.inode}) return false;
    seen.insert(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  InodeStatus after;
  return status_of(fd, after) == 0 && after.ctime_ns == before.ctime_ns && after.nlink == seen.size();
}

// The calls themselves; 0 or an errno.
int apply(const TreeRoot& root, const ChangeRecord& record, int fd, InodeStatus& inode) {
  const bool new_owner = inode.uid != record.new_uid;
  const bool new_group = inode.gid != record.new_gid;
  if (new_owner || new_group) {
    const uint32_t common = inode.permissions() & record.new_mode;
    if (common != inode.permissions()) {
      if (const int error = change_mode(fd, common, root.proc())) return error;
    }
    const uid_t uid = new_owner ? record.new_uid : static_cast<uid_t>(-1);
    const gid_t gid = new_group ? record.new_gid : static_cast<gid_t>(-1);
    if (::fchownat(fd, "", uid, gid, AT_EMPTY_PATH) != 0) return errno;
    if (const int error = status_of(fd, inode)) return error;
  }
  if (inode.permissions() != record.new_mode) {
    if (const int error = change_mode(fd, record.new_mode, root.proc())) return error;
  }
  return status_of(fd, inode);
}

}  // namespace

Reached reach_any(Descent& descent, RecordAt at) {
  const ChangeRecord record = at.load();
  Reached first = descent.reach(at.first_name());
  std::string_view names = at.names();
  for (size_t end = at.first_name().size(); end < names.size(); end = std::min(names.find('\0'), names.size())) {
    if (first.status == Status::ok && first.inode.identity == FileIdentity{record.dev, record.inode}) break;
    names.remove_prefix(end + 1);
    Reached other = descent.reach(names.substr(0, names.find('\0')));
    const bool leads_there = other.inode.identity == FileIdentity{record.dev, record.inode};
    if (other.status == Status::ok && leads_there) return other;
  }
  return first;
}

void change(const TreeRoot& root, Descent& descent, RecordAt at) {
  ChangeRecord record = at.load();
  const std::string_view names = at.names();
  Reached found = reach_any(descent, at);
  Status status = found.status;
  int error = found.error;
  if (status == Status::ok) {
    note(record, found.inode);
    // Set-id bits that went since the run that was killed are not given back: the kernel takes them when
    // somebody else writes the file.
    if ((record.checks & accept_partial) != 0 && found.inode.is_regular()) {
      record.new_mode &= ~(set_id_bits & ~found.inode.mode);
    }
    status = compare(record, found.inode);
  }
  if (status == Status::ok && (record.checks & check_features) != 0) {
    const Features features = features_of(found.fd.get(), found.inode, record.new_mode);
    error = features.error;
    if (error != 0) status = Status::failed;
    else if (features.bits != record.features) status = Status::stale;
  }
  const bool has_links = found.inode.is_regular() && (record.checks & check_ctime) != 0 && found.inode.nlink > 1;
  if (status == Status::ok && has_links && !has_all_names(descent, record, names, found.fd.get())) {
    status = Status::outside;
  }
  if (status == Status::ok) {
    error = apply(root, record, found.fd.get(), found.inode);
    InodeStatus inode;
    if (status_of(found.fd.get(), inode) == 0) note(record, inode);
    status = error != 0 ? Status::failed : is_after(record, found.inode) ? Status::done : Status::mismatch;
  }
  record.settle(status, error);
  at.store(record);
}

}  // namespace pwalk::repair
