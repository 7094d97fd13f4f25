#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/lister.hpp"

namespace pwalk::test {

// A lister and the wait for what it says.
struct Caller {
  explicit Caller(ListerOptions options) : lister(Lister::start(std::move(options), [this] { ++wakes; })) {}
  ~Caller() {
    lister->cancel();
    lister->wait_ended(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  }

  Lister::Step visit(size_t depth, std::string_view name = "") {
    int seen = wakes;
    Lister::Step step = lister->visit(depth, name, Lister::Wait::never);
    while (step == Lister::Step::pending) {
      while (wakes == seen) std::this_thread::yield();
      seen = wakes;
      step = lister->resume();
    }
    return step;
  }
  std::string names() const { return lister->current().names; }
  // Until nobody works ahead any more.
  ListerProgress at_rest() const {
    for (;;) {
      const ListerProgress now = lister->progress();
      if (now.busy_threads == 0 && ++quiet > 1000) return quiet = 0, now;
      if (now.busy_threads != 0) quiet = 0;
      std::this_thread::yield();
    }
  }

  std::atomic<int> wakes{0};
  mutable int quiet = 0;
  std::shared_ptr<Lister> lister;
};

inline ListerOptions options_for(std::string top, size_t window, size_t threads = 2) {
  ListerOptions options;
  options.top = std::move(top);
  options.threads = threads;
  options.window = window;
  options.window_bytes = 32 << 20;
  options.trust_all = true;
  return options;
}

}  // namespace pwalk::test
