#include "core/inspection.hpp"

#include "core/features.hpp"

namespace pwalk::repair {
namespace {

bool is_as_scanned(const ChangeRecord& record, const InodeStatus& inode) {
  return inode.identity == FileIdentity{record.dev, record.inode} && inode.uid == record.uid &&
         inode.gid == record.gid && inode.mode == record.mode && inode.nlink == record.nlink;
}

enum class Foregone : uint8_t { no, already, no_group };

// Without a group a file gets nothing, a directory setgid at most.
bool gets_nothing_without_group(const ChangeRecord& record) {
  return S_ISREG(record.mode) || (record.new_mode & ~record.mode & S_ISGID) == 0;
}

// What is known of an entry before a look at it, where it awaits a group and that is the one it has, or
// where there is none and it gets nothing without.
Foregone foregone(const ChangeRecord& record, const Protection& protection) {
  if ((record.checks & awaits_group) == 0) return Foregone::no;
  const bool wants_group_alone = record.new_uid == record.uid && record.new_mode == (record.mode & 07777);
  // 0 is no group and not root's: that there is none to take is said.
  if (wants_group_alone && record.handed_on != 0 && record.handed_on == record.gid) return Foregone::already;
  if (record.handed_on != 0 || !gets_nothing_without_group(record)) return Foregone::no;
  // That a directory is protected is said in any case.
  const bool is_protected = S_ISDIR(record.mode) && protection.leaves_out({record.dev, record.inode});
  return is_protected ? Foregone::no : Foregone::no_group;
}

}  // namespace

void Inspector::inspect(size_t index) {
  Nominee nominee = nominees_[index];
  nominee.records_end = nominee.records_at;
  nominee.pending = nominee.no_group = nominee.outside = 0;
  for (size_t row = nominee.row; row < size_t{nominee.row} + nominee.rows; ++row) inspect_row(nominee, row);
  nominees_.settle(index, nominee);
}

void Inspector::inspect_row(Nominee& nominee, size_t row) {
  const std::optional<std::string_view> path = nominees_.below(nominee, row);
  if (!path.has_value()) {
    ++nominee.outside;
    return;
  }
  ChangeRecord record = nominees_.begin(nominee, row, *path);
  // Where there was a group in the directory before, there will be one here: it has to be opened then.
  Reached found = descent_.approach(*path, group_ == 0 ? Descent::Last::looked_at : Descent::Last::open);
  if (found.status == Status::ok) {
    record.handed_on = handed_on();
    switch (foregone(record, root_.protection())) {
      case Foregone::already: return;
      case Foregone::no_group: ++nominee.no_group; return;
      case Foregone::no: break;
    }
    found = descent_.glance(*path);
  }
  // The group, too, is that of the directory which is open, and no other's.
  if (found.status == Status::ok && (!is_as_scanned(record, found.inode) || record.handed_on != handed_on())) {
    found.status = Status::stale;
  }
  if (found.status == Status::ok) {
    record.ctime_ns = found.inode.ctime_ns;
    record.btime_ns = found.inode.btime_ns;
    const Features features =
        features_at(descent_.directory(), descent_.name(), root_.has_listxattrat(), found.inode, record.new_mode);
    record.features = features.bits;
    record.widened = features.widened;
    if (features.error != 0) {
      found.status = Status::failed;
      found.error = features.error;
    }
  }
  record.settle(found.status, found.error);
  nominees_.record(nominee, *path, record);
}

// Of the directory that the entry approached last is in; the root takes nothing.
uint32_t Inspector::handed_on() {
  if (descent_.is_root()) return 0;
  if (group_of_ != descent_.directories()) {
    group_ = inheritance_.group_for(descent_);
    group_of_ = descent_.directories();
  }
  return group_;
}

}  // namespace pwalk::repair
