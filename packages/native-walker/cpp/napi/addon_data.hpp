#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include <napi.h>

#include "core/lister.hpp"
#include "core/walk.hpp"

namespace pwalk {

inline constexpr auto teardown_patience = std::chrono::seconds(2);

// What of one environment may have threads at work: walks or listers. JavaScript thread only. When the
// environment goes, all are stopped and waited for; a thread that hangs in the kernel longer than our
// patience is left behind, with nothing it could reach that is not its own.
template <class Threaded>
class TeardownRegistry {
 public:
  void add(const std::shared_ptr<Threaded>& threaded) {
    std::erase_if(all_, [](const std::weak_ptr<Threaded>& known) { return known.expired(); });
    all_.push_back(threaded);
  }

  void stop_all() {
    std::vector<std::shared_ptr<Threaded>> live;
    for (const std::weak_ptr<Threaded>& known : all_) {
      if (auto threaded = known.lock()) live.push_back(std::move(threaded));
    }
    for (const auto& threaded : live) threaded->cancel();
    const auto deadline = std::chrono::steady_clock::now() + teardown_patience;
    for (const auto& threaded : live) threaded->wait_ended(deadline);
  }

 private:
  std::vector<std::weak_ptr<Threaded>> all_;
};

// What the addon keeps per environment, as its instance data.
struct AddonData {
  TeardownRegistry<Walk> walks;
  TeardownRegistry<Lister> listers;
  Napi::FunctionReference walk_constructor;
  Napi::FunctionReference lister_constructor;
};

}  // namespace pwalk
