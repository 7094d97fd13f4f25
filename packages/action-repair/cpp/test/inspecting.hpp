#pragma once

#include <atomic>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "core/job.hpp"
#include "test/records.hpp"

namespace pwalk::repair {
inline std::ostream& operator<<(std::ostream& out, Outcome outcome) { return out << static_cast<uint32_t>(outcome); }
}  // namespace pwalk::repair

namespace pwalk::repair::test {

// A batch whose rows are what some records say, every row nominated under the first name of its record.
class Batch {
 public:
  static constexpr std::string_view root = "/the/root";

  explicit Batch(Records& records) {
    uint32_t at = 0;
    for (const RecordAt& place : records_in(records.bytes())) {
      const ChangeRecord record = place.load();
      const std::string_view name = place.first_name();
      Nominee nominee{};
      nominee.row = static_cast<uint32_t>(nominees_.size());
      nominee.path_at = static_cast<uint32_t>(paths_.size());
      nominee.path_length = static_cast<uint32_t>(root.size() + (name.empty() ? 0 : 1) + name.size());
      nominee.new_mode = record.new_mode;
      nominee.new_uid = record.new_uid;
      nominee.new_gid = record.new_gid;
      nominee.rules = record.rules;
      nominee.checks = record.checks;
      nominee.record_at = at;
      at += static_cast<uint32_t>(record.size + root.size() + 8);
      nominees_.push_back(nominee);
      paths_ += root;
      if (!name.empty()) paths_ += '/';
      paths_ += name;
      devs_.push_back(record.dev);
      inodes_.push_back(record.inode);
      modes_.push_back(record.mode);
      uids_.push_back(record.uid);
      gids_.push_back(record.gid);
      nlinks_.push_back(record.nlink);
      depths_.push_back(record.depth);
    }
    made_.resize(at);
  }

  bool inspect(const TreeRoot& tree, unsigned threads, const Inheritance& inheritance = {}) {
    static const std::atomic<bool> never{false};
    return Job{tree, threads, never}.inspect_all(nominees(), inheritance);
  }

  Nominees nominees() {
    const ScannedColumns columns{bytes(paths_), {},           bytes(devs_),   bytes(inodes_), bytes(modes_),
                                 bytes(uids_),  bytes(gids_), bytes(nlinks_), bytes(depths_)};
    return {columns, std::string(root), bytes(nominees_), made_};
  }
  std::string& paths() { return paths_; }
  Nominee& operator[](size_t index) { return nominees_[index]; }
  Outcome outcome(size_t index) const { return static_cast<Outcome>(nominees_[index].outcome); }
  RecordAt made(size_t index) { return RecordAt(made_.data() + nominees_[index].record_at); }

  // What was found out goes into the records it was made from, which may have more names.
  void complete(Records& records) {
    const std::vector<RecordAt> places = records_in(records.bytes());
    for (size_t i = 0; i < places.size(); ++i) {
      ChangeRecord record = made(i).load();
      record.size = places[i].load().size;
      record.path_length = places[i].load().path_length;
      places[i].store(record);
    }
  }

 private:
  template <class Container>
  static std::span<uint8_t> bytes(Container& values) {
    return {reinterpret_cast<uint8_t*>(values.data()), values.size() * sizeof(values[0])};
  }

  std::string paths_;
  std::vector<uint64_t> devs_, inodes_;
  std::vector<uint32_t> modes_, uids_, gids_, nlinks_;
  std::vector<int32_t> depths_;
  std::vector<Nominee> nominees_;
  std::vector<uint8_t> made_;
};

}  // namespace pwalk::repair::test
