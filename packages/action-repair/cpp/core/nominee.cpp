#include "core/nominee.hpp"

namespace pwalk::repair {
namespace {

template <class Value>
Value value_of(std::span<const uint8_t> column, size_t row) {
  Value value;
  std::memcpy(&value, column.data() + row * sizeof value, sizeof value);
  return value;
}

size_t record_size(size_t path_length) { return (sizeof(ChangeRecord) + path_length + 7) & ~size_t{7}; }

}  // namespace

bool Nominees::whole() const {
  if (nominees_.size() % sizeof(Nominee) != 0) return false;
  const size_t rows = columns_.rows();
  for (size_t index = 0; index < size(); ++index) {
    const Nominee nominee = (*this)[index];
    const auto& bytes = nominee.path_is_raw != 0 ? columns_.raw_paths : columns_.paths;
    if (nominee.row >= rows || size_t{nominee.path_at} + nominee.path_length > bytes.size() ||
        nominee.record_at + record_size(nominee.path_length) > records_.size()) {
      return false;
    }
  }
  return true;
}

std::optional<std::string_view> Nominees::below(const Nominee& nominee) const {
  const auto& bytes = nominee.path_is_raw != 0 ? columns_.raw_paths : columns_.paths;
  std::string_view path(reinterpret_cast<const char*>(bytes.data()) + nominee.path_at, nominee.path_length);
  if (!path.starts_with(root_)) return std::nullopt;
  path.remove_prefix(root_.size());
  if (path.empty()) return path;
  if (path.front() != '/') return std::nullopt;
  // The root as it was typed may have slashes at its end.
  return path.find_first_not_of('/') == std::string_view::npos ? std::string_view() : path.substr(1);
}

ChangeRecord Nominees::begin(const Nominee& nominee, std::string_view below) const {
  const size_t row = nominee.row;
  ChangeRecord record{};
  record.size = static_cast<uint32_t>(record_size(below.size()));
  record.path_length = static_cast<uint32_t>(below.size());
  record.dev = value_of<uint64_t>(columns_.devs, row);
  record.inode = value_of<uint64_t>(columns_.inodes, row);
  record.mode = value_of<uint32_t>(columns_.modes, row);
  record.uid = value_of<uint32_t>(columns_.uids, row);
  record.gid = value_of<uint32_t>(columns_.gids, row);
  record.nlink = value_of<uint32_t>(columns_.nlinks, row);
  record.depth = value_of<int32_t>(columns_.depths, row);
  record.new_mode = nominee.new_mode;
  record.new_uid = nominee.new_uid;
  record.new_gid = nominee.new_gid;
  record.rules = nominee.rules;
  record.checks = nominee.checks;
  return record;
}

void Nominees::record(size_t index, const Nominee& nominee, std::string_view below,
                      const ChangeRecord& record) const {
  uint8_t* const to = records_.data() + nominee.record_at;
  RecordAt(to).store(record);
  if (!below.empty()) std::memcpy(to + sizeof record, below.data(), below.size());
  // What is behind the path is part of the record, too.
  std::memset(to + sizeof record + below.size(), 0, record.size - sizeof record - below.size());
  settle(index, Outcome::recorded);
}

void Nominees::settle(size_t index, Outcome outcome) const {
  std::memcpy(nominees_.data() + index * sizeof(Nominee) + offsetof(Nominee, outcome), &outcome, sizeof outcome);
}

}  // namespace pwalk::repair
