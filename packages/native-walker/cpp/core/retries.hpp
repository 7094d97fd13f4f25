#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <thread>

#include "core/errno_policy.hpp"

namespace pwalk {

// How often one call that failed is made again. One per call.
class Retries {
 public:
  // True when the call is to be made again, after the pause the action asks for.
  bool again(Action action) {
    if (action == Action::again) return used_++ == 0;
    if (action != Action::wait || used_ == pauses.size()) return false;
    std::this_thread::sleep_for(pauses[used_++]);
    return true;
  }

  static constexpr std::array<std::chrono::milliseconds, 3> pauses{std::chrono::milliseconds(10), std::chrono::milliseconds(50),
                                                                   std::chrono::milliseconds(250)};

 private:
  size_t used_ = 0;
};

}  // namespace pwalk
