#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/vocabulary.hpp"

namespace pwalk {

// What the user should hear of besides rows and counts. Written rarely, by any thread; copied out.
class WalkNotes {
 public:
  struct DegradedMount {
    std::string path;  // where it was noticed
    int error;
  };
  // A call that did not answer for a while.
  struct SlowCall {
    Operation operation;
    std::string path;
    std::string mount_point;  // empty where it is not known
    std::string mount_type;
    double seconds;
    bool given_up;  // and is not waited for any more
  };
  struct Contents {
    bool scope_by_device = false;  // the kernel tells no mount ids: bind mounts were not seen
    uint64_t snapshot_lookalikes = 0;  // not entered for their names, although they look like user data
    std::string first_lookalike;
    uint64_t unexpected_errors = 0;
    int first_unexpected = 0;
    std::vector<DegradedMount> degraded;
    std::vector<SlowCall> slow_calls;
  };

  void scope_by_device() {
    const std::lock_guard lock(mutex_);
    contents_.scope_by_device = true;
  }
  void snapshot_lookalike(std::string path) {
    const std::lock_guard lock(mutex_);
    if (contents_.snapshot_lookalikes++ == 0) contents_.first_lookalike = std::move(path);
  }
  void unexpected_error(int error) {
    const std::lock_guard lock(mutex_);
    if (contents_.unexpected_errors++ == 0) contents_.first_unexpected = error;
  }
  void degraded(std::string path, int error) {
    const std::lock_guard lock(mutex_);
    contents_.degraded.push_back({std::move(path), error});
  }

  void slow_call(SlowCall call) {
    const std::lock_guard lock(mutex_);
    contents_.slow_calls.push_back(std::move(call));
  }

  Contents contents() const {
    const std::lock_guard lock(mutex_);
    return contents_;
  }

 private:
  mutable std::mutex mutex_;
  Contents contents_;
};

}  // namespace pwalk
