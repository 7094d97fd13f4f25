#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/listing.hpp"

namespace pwalk {

struct PlannedDirectory;
using PlannedRef = std::shared_ptr<PlannedDirectory>;
using ReadingPlan = std::list<PlannedDirectory*>;

// A directory below another one that the caller is expected to enter.
struct PlannedChild {
  std::string name;
  PlannedRef directory;  // once its listing is being read
  bool taken = false;    // read or entered already, or not to be read ahead
};

// A directory on its way from being expected to being delivered.
//
// Threads: guarded by the pool's mutex, but for `path` and `follow`, which never change, `stop`, and
// `listing` while the state is `reading` or `delivering`: then it is the working thread's alone. Once it is
// `delivered` only the caller's thread changes it, and may read it without the mutex.
struct PlannedDirectory {
  enum class State : uint8_t {
    expected,    // entered by the caller before it was read
    reading,     // a thread lists it ahead
    ready,       // listed ahead, to be validated when the caller enters it
    delivering,  // a thread validates it or lists it anew, because the caller waits for it
    delivered,   // listing, error or link: what the caller gets
  };

  PlannedDirectory(std::string at, bool enter_link) : path(std::move(at)), follow(enter_link) {}

  const std::string path;
  const bool follow;               // enter it also when it is a symbolic link
  std::atomic<bool> stop{false};   // nobody wants it any more
  State state = State::expected;
  Listing listing;
  ListingRequest request;

  std::vector<PlannedChild> children;
  size_t next_planned = 0;  // all before it are taken
  size_t next_entered = 0;  // where the caller is expected to go on
  // Places in `children`, whose names the keys are: made when the caller first goes elsewhere, empty before.
  std::unordered_map<std::string_view, size_t> by_name;

  size_t window_bytes = 0;
  bool in_window = false;  // counts as read ahead and not delivered
  bool in_plan = false;    // listed there at `place`: it is being read, or has children to be read
  ReadingPlan::iterator place;
};

}  // namespace pwalk
