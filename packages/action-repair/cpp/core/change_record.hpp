// The record in which changes go from TypeScript to the threads here and back: little-endian, a
// multiple of 8 bytes long, followed by the path below the root. src/record-layout.ts has the same
// layout, which a test compares with this one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace pwalk::repair {

// How work on a record ended. The order is that of `recordStatuses` in src/record-layout.ts.
enum class Status : uint32_t {
  pending,    // not looked at: the job was stopped before
  ok,         // inspected, and as the scan saw it
  done,       // changed, and looked at afterwards
  already,    // nothing to change: no call was made
  stale,      // not what the record says it was
  vanished,   // no longer there
  mount,      // on another mount
  protect,    // a protected directory, or below one
  failed,     // a call failed: `error` is its errno
  mismatch,   // changed, but somebody else changed it at the same time
  outside,    // a hard link of which not every name is in the record
};

// What an inode has besides owner, group and mode. Bits of `features`.
enum Feature : uint32_t {
  acl_access = 1,   // a POSIX ACL that says more than the mode
  acl_default = 2,
  acl_other = 4,    // an ACL of another kind (NFSv4, SMB …)
  capability = 8,
  immutable = 16,
  append_only = 32,
};

// What has to hold before a change, and what is still to be asked of it. Bits of `checks`.
enum Check : uint32_t {
  check_ctime = 1,     // ctime and nlink are the record's
  check_features = 2,  // so are ACLs, capabilities and flags
  accept_partial = 4,  // a state on the way from old to new will do: a run was killed there
  awaits_group = 8,    // what it is to become depends on the group that is handed on from above
};

struct ChangeRecord {
  uint32_t size;         // of the whole record, padding included
  uint32_t path_length;  // several names of one inode are separated by NUL
  uint64_t dev;
  uint64_t inode;
  int64_t ctime_ns;  // since 1970
  int64_t btime_ns;  // 0: unknown
  uint32_t mode;     // with the type bits
  uint32_t uid;
  uint32_t gid;
  uint32_t nlink;
  uint32_t new_mode;  // without the type bits
  uint32_t new_uid;
  uint32_t new_gid;
  uint32_t rules;
  uint32_t features;
  int32_t depth;
  uint32_t status;
  int32_t error;
  uint32_t got_mode;  // as found last, with the type bits
  uint32_t got_uid;
  uint32_t got_gid;
  uint32_t checks;
  uint32_t widened;  // ACL entries that gain rights when the mask becomes that of new_mode
  uint32_t handed_on;  // the group that an entry takes from above, as inspected; 0: none

  void settle(Status how, int errno_of_it = 0) {
    status = static_cast<uint32_t>(how);
    error = errno_of_it;
  }
};
static_assert(sizeof(ChangeRecord) == 112);

// Where a record lies in the bytes of a job; the bytes belong to the caller and may be unaligned.
class RecordAt {
 public:
  explicit RecordAt(uint8_t* at) : at_(at) {}
  ChangeRecord load() const {
    ChangeRecord record;
    std::memcpy(&record, at_, sizeof record);
    return record;
  }
  void store(const ChangeRecord& record) const { std::memcpy(at_, &record, sizeof record); }
  std::string_view names() const {
    return {reinterpret_cast<const char*>(at_) + sizeof(ChangeRecord), load().path_length};
  }
  std::string_view first_name() const { return names().substr(0, names().find('\0')); }

 private:
  uint8_t* at_;
};

// The records in `bytes`; empty when they are not whole.
inline std::vector<RecordAt> records_in(std::span<uint8_t> bytes) {
  std::vector<RecordAt> records;
  while (!bytes.empty()) {
    if (bytes.size() < sizeof(ChangeRecord)) return {};
    const ChangeRecord record = RecordAt(bytes.data()).load();
    if (record.size > bytes.size() || record.size < sizeof(ChangeRecord) ||
        record.path_length > record.size - sizeof(ChangeRecord)) {
      return {};
    }
    records.emplace_back(bytes.data());
    bytes = bytes.subspan(record.size);
  }
  return records;
}

}  // namespace pwalk::repair
