#include "pool_child.hpp"

#include <cstdio>
#include <latch>
#include <mutex>
#include <thread>

#include <unistd.h>

#include "core/listing_pool.hpp"
#include "hanging_calls.hpp"
#include "lister_caller.hpp"
#include "pwalk/check.hpp"

namespace pwalk::test {
namespace {

using Step = Lister::Step;
using Wait = Lister::Wait;

void until_a_thread_sleeps() {
  ListingPool& pool = ListingPool::shared();
  const auto sleeps = [&] {
    const std::lock_guard lock(pool.mutex());
    return pool.can_wake_one();
  };
  while (!sleeps()) std::this_thread::yield();
}

}  // namespace

void walk_beside_what_hangs(const std::string& root) {
  HangingCalls hanging("stuck");
  if (!hanging.works()) {
    std::fprintf(stderr, "  no seccomp listener here: hanging calls are not tested\n");
    return;
  }
  // Where somebody waits in vain, the child is killed, which the test sees.
  ::alarm(60);
  const auto until_held = [&](size_t count) {
    while (hanging.held() < count) std::this_thread::yield();
  };

  Caller hung(options_for(root + "/stuck", 0, 1));
  {
    // Both ask for the one thread, which sleeps, before it has the mutex again: it takes up what hangs.
    Caller beside(options_for(root + "/other", 0, 1));
    until_a_thread_sleeps();
    Step of_hung{};
    Step of_beside{};
    {
      std::unique_lock lock(ListingPool::shared().mutex());
      std::latch ready(2);
      const std::jthread asks_for_hung([&] {
        ready.count_down();
        of_hung = hung.lister->visit(0, "", Wait::never);
      });
      const std::jthread asks_beside([&] {
        ready.count_down();
        of_beside = beside.visit(0);
      });
      ready.wait();
      lock.unlock();
    }
    CHECK(of_hung == Step::pending);
    CHECK(of_beside == Step::listed);
  }
  until_held(1);
  {
    Caller beside(options_for(root + "/other", 0, 1));
    CHECK(beside.visit(0) == Step::listed);
    CHECK(beside.visit(1, "below") == Step::listed);
  }
  hung.lister->cancel();

  // Both threads that a walk may have are its own, whatever still hangs for the cancelled one.
  Caller ahead(options_for(root + "/other", 10, 2));
  CHECK(ahead.visit(0) == Step::listed);
  until_held(3);
  CHECK_EQ(ahead.lister->progress().busy_threads, 2U);

  hanging.release();
  for (const Caller* caller : {&hung, &ahead}) {
    caller->lister->cancel();
    CHECK(caller->lister->wait_ended(std::chrono::steady_clock::now() + std::chrono::seconds(60)));
  }
}

}  // namespace pwalk::test
