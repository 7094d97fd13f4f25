#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "core/walk.hpp"

namespace pwalk {

inline constexpr auto teardown_patience = std::chrono::seconds(2);

// The walks of one environment that may have threads. JavaScript thread only. When the environment
// goes, all are stopped and waited for; a thread that hangs in the kernel longer than our patience
// is left behind, with nothing it could reach that is not its own.
class WalkRegistry {
 public:
  void add(const std::shared_ptr<Walk>& walk) {
    std::erase_if(walks_, [](const std::weak_ptr<Walk>& known) { return known.expired(); });
    walks_.push_back(walk);
  }

  void stop_all() {
    std::vector<std::shared_ptr<Walk>> live;
    for (const std::weak_ptr<Walk>& known : walks_) {
      if (auto walk = known.lock()) live.push_back(std::move(walk));
    }
    for (const auto& walk : live) walk->cancel();
    const auto deadline = std::chrono::steady_clock::now() + teardown_patience;
    for (const auto& walk : live) walk->wait_ended(deadline);
  }

 private:
  std::vector<std::weak_ptr<Walk>> walks_;
};

// What the addon keeps per environment, as its instance data.
struct AddonData {
  WalkRegistry walks;
  Napi::FunctionReference walk_constructor;
};

}  // namespace pwalk
