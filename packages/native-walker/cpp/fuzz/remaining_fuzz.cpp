#include <stdexcept>

#include "core/remaining_work.hpp"
#include "pwalk/fuzz.hpp"

using namespace pwalk;

// What may be in a frontier log: what is read of it is a frontier, and is written again as one.
PWALK_FUZZ("remaining") {
  RemainingWork work;
  try {
    work = read_remaining(input.rest());
  } catch (const std::invalid_argument&) {
    return;
  }
  FUZZ_CHECK(!work.pending.empty() && !work.roots.empty());
  RemainingWriter writer;
  for (const DirectoryRef& pending : work.pending) writer.add(*pending);
  const RemainingWork again = read_remaining(std::move(writer).finish());
  FUZZ_CHECK(again.pending.size() == work.pending.size());
  for (size_t i = 0; i < work.pending.size(); ++i) {
    FUZZ_CHECK(path_of(*again.pending[i]) == path_of(*work.pending[i]));
    FUZZ_CHECK(again.pending[i]->identity() == work.pending[i]->identity());
  }
}
