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
Status foregone(const ChangeRecord& record) {
  if ((record.checks & awaits_group) == 0) return Status::pending;
  const bool wants_group_alone = record.new_uid == record.uid && record.new_mode == (record.mode & 07777);
  // 0 is no group and not root's: that there is none to take is said.
  if (wants_group_alone && record.handed_on != 0 && record.handed_on == record.gid) return Status::already;
  return record.handed_on == 0 && S_ISREG(record.mode) ? Status::ok : Status::pending;
}

}  // namespace

void inspect(const TreeRoot& root, Descent& descent, const Inheritance& inheritance, RecordAt at) {
  ChangeRecord record = at.load();
  Reached found = descent.approach(at.first_name());
  if (found.status == Status::ok) {
    record.handed_on = inheritance.group_for(descent);
    if (const Status status = foregone(record); status != Status::pending) {
      record.settle(status);
      at.store(record);
      return;
    }
    found = descent.glance(at.first_name());
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
  at.store(record);
}

}  // namespace pwalk::repair
