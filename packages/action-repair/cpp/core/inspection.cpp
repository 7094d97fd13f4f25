#include "core/inspection.hpp"

#include "core/features.hpp"

namespace pwalk::repair {
namespace {

bool is_as_scanned(const ChangeRecord& record, const InodeStatus& inode) {
  return inode.identity == FileIdentity{record.dev, record.inode} && inode.uid == record.uid &&
         inode.gid == record.gid && inode.mode == record.mode && inode.nlink == record.nlink;
}

// What is known of an entry before a look at it, where it awaits a group and that is the one it has, or
// where there is none for a file, which gets nothing without. `pending` when it must be looked at.
Outcome foregone(const ChangeRecord& record) {
  if ((record.checks & awaits_group) == 0) return Outcome::pending;
  const bool wants_group_alone = record.new_uid == record.uid && record.new_mode == (record.mode & 07777);
  // 0 is no group and not root's: that there is none to take is said.
  if (wants_group_alone && record.handed_on != 0 && record.handed_on == record.gid) return Outcome::already;
  return record.handed_on == 0 && S_ISREG(record.mode) ? Outcome::no_group : Outcome::pending;
}

}  // namespace

void inspect(const TreeRoot& root, Descent& descent, const Inheritance& inheritance, const Nominees& nominees,
             size_t index) {
  const Nominee nominee = nominees[index];
  const std::optional<std::string_view> path = nominees.below(nominee);
  if (!path.has_value()) {
    nominees.settle(index, Outcome::outside);
    return;
  }
  ChangeRecord record = nominees.begin(nominee, *path);
  Reached found = descent.approach(*path);
  if (found.status == Status::ok) {
    record.handed_on = inheritance.group_for(descent);
    if (const Outcome outcome = foregone(record); outcome != Outcome::pending) {
      nominees.settle(index, outcome);
      return;
    }
    found = descent.glance(*path);
  }
  if (found.status == Status::ok && !is_as_scanned(record, found.inode)) found.status = Status::stale;
  if (found.status == Status::ok) {
    record.ctime_ns = found.inode.ctime_ns;
    record.btime_ns = found.inode.btime_ns;
    const Features features =
        features_at(descent.directory(), descent.name(), root.has_listxattrat(), found.inode, record.new_mode);
    record.features = features.bits;
    record.widened = features.widened;
    if (features.error != 0) {
      found.status = Status::failed;
      found.error = features.error;
    }
  }
  record.settle(found.status, found.error);
  nominees.record(index, nominee, *path, record);
}

}  // namespace pwalk::repair
