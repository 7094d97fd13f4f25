#include <cstddef>
#include <vector>

#include "core/dirents.hpp"
#include "pwalk/fuzz.hpp"

using namespace pwalk;

// What a broken file system may make getdents64 return.
PWALK_FUZZ("dirents") {
  const std::string_view given = input.rest();
  const auto* const begin = reinterpret_cast<const std::byte*>(given.data());
  const DirentBytes records(begin, given.size());
  DirentCursor cursor(records);
  Dirent entry{};
  std::size_t before = 0;
  while (cursor.next(entry)) {
    FUZZ_CHECK(cursor.position() > before && cursor.position() <= records.size());
    FUZZ_CHECK(entry.name.data() >= given.data() + before);
    FUZZ_CHECK(entry.name.data() + entry.name.size() < given.data() + cursor.position());
    FUZZ_CHECK(entry.name.data()[entry.name.size()] == '\0');
    FUZZ_CHECK(entry.name.find('\0') == std::string_view::npos);
    FUZZ_CHECK(!entry.is_dot() || !entry.is_malformed());
    before = cursor.position();
  }
}
