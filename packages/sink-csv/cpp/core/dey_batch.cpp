#include "core/dey_batch.hpp"

namespace pwalk::csv {

bool is_sound(const DeyBatch& batch) noexcept {
  for (std::size_t i = 0; i < column_count; ++i) {
    const ColumnView& column = batch.columns[i];
    bool sound = false;
    switch (static_cast<Column>(i)) {
      case Column::path:
      case Column::path_raw:
        sound = text_is_sound(column, batch.rows);
        break;
      case Column::state:
        sound = values_are_sound<std::uint8_t>(column, batch.rows);
        break;
      case Column::depth:
      case Column::mode:
      case Column::uid:
      case Column::gid:
      case Column::nlink:
        sound = values_are_sound<std::uint32_t>(column, batch.rows);
        break;
      default:
        sound = values_are_sound<std::uint64_t>(column, batch.rows);
        break;
    }
    if (!sound) return false;
  }
  return true;
}

}  // namespace pwalk::csv
