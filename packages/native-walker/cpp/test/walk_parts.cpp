#include "walk_parts.hpp"

#include <map>

namespace pwalk::test {
namespace {

std::string text_of(const ScannedRow& row) {
  std::string text = row.path;
  for (const auto& value : {row.inode, row.size, row.file_count, row.dir_sum, row.mnt_id}) {
    text += ' ';
    text += value ? std::to_string(*value) : "-";
  }
  text += ' ' + std::to_string(row.mtime.value_or(0)) + ' ' + std::to_string(row.depth) + ' ' + std::to_string(row.parent_inode);
  text += ' ' + std::to_string(static_cast<int>(row.state)) + ' ' + std::to_string(row.error.value_or(0)) + ' ' + row.name;
  return text;
}

}  // namespace

std::vector<std::string> texts_of(const std::vector<ScannedRow>& rows) {
  std::vector<std::string> texts;
  for (const ScannedRow& row : rows) texts.push_back(text_of(row));
  std::ranges::sort(texts);
  return texts;
}

void check_union(const std::vector<Part>& parts, const Scan& whole) {
  std::vector<ScannedRow> rows;
  std::map<std::string, size_t> part_of;
  size_t torn = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    for (const ScannedRow& row : parts[i].rows) {
      rows.push_back(row);
      const bool own = row.file_count.has_value();
      const std::string directory = own ? row.path : row.path.substr(0, row.path.rfind('/'));
      if (row.type != EntryType::directory || own) torn += part_of.emplace(directory, i).first->second != i;
    }
  }
  CHECK_EQ(torn, 0U);
  CHECK(texts_of(rows) == texts_of(whole.rows));
}

WalkOptions options_for(const std::string& root, size_t threads) {
  WalkOptions options;
  options.roots = {root};
  options.threads = threads;
  options.columns = all_columns;
  options.batch.rows = 50;
  options.stat_chunk_local = 16;
  return options;
}

void grow(const ScratchTree& tree, const std::string& at, int levels, int width) {
  for (int i = 0; i < 3; ++i) tree.file(at + numbered("f", static_cast<size_t>(i)), static_cast<size_t>(i));
  for (int i = 0; levels > 0 && i < width; ++i) {
    const std::string name = at + numbered("d", static_cast<size_t>(i));
    tree.directory(name);
    grow(tree, name + "/", levels - 1, width);
  }
}

}  // namespace pwalk::test
