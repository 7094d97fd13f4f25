#pragma once

#include <atomic>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "core/job.hpp"
#include "test/records.hpp"

namespace pwalk::repair::test {

// What the inspection of a nominee of one row came to.
enum class Outcome : uint8_t { pending, recorded, already, no_group, outside };
inline std::ostream& operator<<(std::ostream& out, Outcome outcome) { return out << static_cast<uint32_t>(outcome); }

// A batch whose rows are what some records say, every row nominated by itself, under the first name of its
// record.
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
      nominee.rows = nominee.pending = 1;
      nominee.new_mode = record.new_mode;
      nominee.new_uid = record.new_uid;
      nominee.new_gid = record.new_gid;
      nominee.rules = record.rules;
      nominee.checks = record.checks;
      nominee.records_at = at;
      at += static_cast<uint32_t>(record.size + root.size() + 8);
      nominees_.push_back(nominee);
      paths_ += root;
      if (!name.empty()) paths_ += '/';
      paths_ += name;
      offsets_.push_back(static_cast<uint32_t>(paths_.size()));
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
    ScannedColumns columns;
    columns.paths = bytes(paths_);
    columns.path_offsets = bytes(offsets_);
    columns.devs = bytes(devs_);
    columns.inodes = bytes(inodes_);
    columns.modes = bytes(modes_);
    columns.uids = bytes(uids_);
    columns.gids = bytes(gids_);
    columns.nlinks = bytes(nlinks_);
    columns.depths = bytes(depths_);
    return {columns, std::string(root), bytes(nominees_), made_};
  }
  // Another path for the only row.
  void rename(const std::string& path) {
    paths_ = path;
    offsets_ = {0, static_cast<uint32_t>(path.size())};
  }
  std::vector<uint32_t>& offsets() { return offsets_; }
  // Makes one nominee of all rows, which is to be what the first was.
  void join() {
    nominees_.resize(1);
    nominees_[0].rows = nominees_[0].pending = static_cast<uint32_t>(modes_.size());
  }
  Nominee& operator[](size_t index) { return nominees_[index]; }
  Outcome outcome(size_t index) const {
    const Nominee& nominee = nominees_[index];
    if (nominee.pending != 0) return Outcome::pending;
    if (nominee.no_group != 0) return Outcome::no_group;
    if (nominee.outside != 0) return Outcome::outside;
    return nominee.records_end == nominee.records_at ? Outcome::already : Outcome::recorded;
  }
  RecordAt made(size_t index) { return RecordAt(made_.data() + nominees_[index].records_at); }
  // All records of a nominee.
  std::vector<RecordAt> all_made(size_t index) {
    const Nominee& nominee = nominees_[index];
    return records_in(std::span(made_).subspan(nominee.records_at, nominee.records_end - nominee.records_at));
  }

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
  std::vector<uint32_t> offsets_{0};
  std::vector<uint64_t> devs_, inodes_;
  std::vector<uint32_t> modes_, uids_, gids_, nlinks_;
  std::vector<int32_t> depths_;
  std::vector<Nominee> nominees_;
  std::vector<uint8_t> made_;
};

}  // namespace pwalk::repair::test
