#pragma once

#include <sys/stat.h>

#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "core/change_record.hpp"
#include "test/scratch_directory.hpp"

namespace pwalk::repair::test {

// Records of a job, one for each entry named: as it is now, and the mode it is to get.
class Records {
 public:
  void add(const ScratchDirectory& place, const std::string& names, uint32_t new_mode) {
    struct stat status {};
    ::lstat(place.at(names.substr(0, names.find('\0'))).c_str(), &status);
    ChangeRecord record{};
    record.size = static_cast<uint32_t>((sizeof record + names.size() + 7) / 8 * 8);
    record.path_length = static_cast<uint32_t>(names.size());
    record.dev = status.st_dev;
    record.inode = status.st_ino;
    record.mode = status.st_mode;
    record.uid = record.new_uid = status.st_uid;
    record.gid = record.new_gid = status.st_gid;
    record.nlink = static_cast<uint32_t>(status.st_nlink);
    record.new_mode = new_mode;
    const size_t at = bytes_.size();
    bytes_.resize(at + record.size);
    std::memcpy(bytes_.data() + at, &record, sizeof record);
    std::memcpy(bytes_.data() + at + sizeof record, names.data(), names.size());
  }

  std::vector<uint8_t>& bytes() { return bytes_; }
  ChangeRecord operator[](size_t index) { return records_in(bytes_)[index].load(); }
  Status status(size_t index) { return static_cast<Status>((*this)[index].status); }
  void check(size_t index, uint32_t checks) {
    ChangeRecord record = (*this)[index];
    record.checks = checks;
    records_in(bytes_)[index].store(record);
  }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace pwalk::repair::test

namespace pwalk::repair {
inline std::ostream& operator<<(std::ostream& out, Status status) { return out << static_cast<uint32_t>(status); }
}  // namespace pwalk::repair
