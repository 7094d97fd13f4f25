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
    const auto& offsets = nominee.path_is_raw != 0 ? columns_.raw_path_offsets : columns_.path_offsets;
    const size_t end = size_t{nominee.row} + nominee.rows;
    if (end > rows || end >= offsets.size() / sizeof(uint32_t)) return false;
    size_t room = nominee.records_at;
    for (size_t row = nominee.row; row < end; ++row) {
      const std::optional<std::string_view> path = path_of(nominee, row);
      if (!path.has_value()) return false;
      room += record_size(path->size());
    }
    if (room > records_.size()) return false;
  }
  return true;
}

// Nothing for one that is not inside its column.
std::optional<std::string_view> Nominees::path_of(const Nominee& nominee, size_t row) const {
  const bool raw = nominee.path_is_raw != 0;
  const auto& offsets = raw ? columns_.raw_path_offsets : columns_.path_offsets;
  const auto& bytes = raw ? columns_.raw_paths : columns_.paths;
  const auto start = value_of<uint32_t>(offsets, row);
  const auto end = value_of<uint32_t>(offsets, row + 1);
  if (start > end || end > bytes.size()) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(bytes.data()) + start, end - start);
}

std::optional<std::string_view> Nominees::below(const Nominee& nominee, size_t row) const {
  std::optional<std::string_view> path = path_of(nominee, row);
  if (!path.has_value() || !path->starts_with(root_)) return std::nullopt;
  path->remove_prefix(root_.size());
  if (path->empty()) return path;
  if (path->front() != '/') return std::nullopt;
  // The root as it was typed may have slashes at its end.
  return path->find_first_not_of('/') == std::string_view::npos ? std::string_view() : path->substr(1);
}

ChangeRecord Nominees::begin(const Nominee& nominee, size_t row, std::string_view below) const {
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

void Nominees::record(Nominee& nominee, std::string_view below, const ChangeRecord& record) const {
  uint8_t* const to = records_.data() + nominee.records_end;
  RecordAt(to).store(record);
  if (!below.empty()) std::memcpy(to + sizeof record, below.data(), below.size());
  // What is behind the path is part of the record, too.
  std::memset(to + sizeof record + below.size(), 0, record.size - sizeof record - below.size());
  nominee.records_end += record.size;
}

void Nominees::settle(size_t index, const Nominee& nominee) const {
  std::memcpy(nominees_.data() + index * sizeof nominee, &nominee, sizeof nominee);
}

}  // namespace pwalk::repair
