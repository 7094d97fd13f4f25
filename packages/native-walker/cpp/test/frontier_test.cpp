#include <atomic>
#include <thread>
#include <vector>

#include "core/frontier.hpp"
#include "pwalk/check.hpp"

using pwalk::Frontier;

PWALK_TEST("a frontier gives its owner the newest item and a thief the oldest") {
  Frontier<int> frontier(2);
  for (int i = 1; i <= 3; ++i) frontier.push(0, i);
  CHECK_EQ(frontier.queued(), 3U);
  CHECK_EQ(frontier.next(0).value_or(0), 3);
  CHECK_EQ(frontier.next(1).value_or(0), 1);
  CHECK_EQ(frontier.next(1).value_or(0), 2);
  for (int i = 0; i < 3; ++i) frontier.done();
  CHECK(!frontier.next(0));
  CHECK(!frontier.next(1));
}

PWALK_TEST("what is put off comes when all else is done, and is done before the end") {
  Frontier<int> frontier(2);
  frontier.push(0, 1);
  frontier.push(0, 2);
  CHECK_EQ(frontier.next(0).value_or(0), 2);
  frontier.push_later(10);
  frontier.push_later(11);
  CHECK_EQ(frontier.queued(), 3U);
  frontier.done();
  CHECK_EQ(frontier.next(0).value_or(0), 1);
  frontier.push(0, 3);
  frontier.done();
  CHECK_EQ(frontier.next(1).value_or(0), 3);
  frontier.done();
  CHECK_EQ(frontier.next(0).value_or(0), 10);
  frontier.push_later(20);
  frontier.done();
  CHECK_EQ(frontier.next(0).value_or(0), 11);
  frontier.done();
  CHECK_EQ(frontier.next(1).value_or(0), 20);
  frontier.done();
  CHECK(!frontier.next(0) && !frontier.next(1));
}

PWALK_TEST("a frontier ends for all when the last item is done, and not before") {
  constexpr size_t workers = 4;
  for (int round = 0; round < 50; ++round) {
    Frontier<int> frontier(workers);
    std::atomic<int> visited{0};
    frontier.push(0, 10);  // a binary tree of 2^11 - 1 items, in one lane at first
    {
      std::vector<std::jthread> threads;
      for (size_t self = 0; self < workers; ++self) {
        threads.emplace_back([&, self] {
          while (auto item = frontier.next(self)) {
            ++visited;
            for (int i = 0; i < 2 && *item > 0; ++i) frontier.push(self, *item - 1);
            frontier.done();
          }
        });
      }
    }
    CHECK_EQ(visited.load(), (1 << 11) - 1);
    CHECK_EQ(frontier.queued(), 0U);
  }
}

PWALK_TEST("cancelling a frontier wakes those who wait for work") {
  Frontier<int> frontier(3);
  frontier.push(0, 1);
  CHECK(frontier.next(0).has_value());  // never done: the others sleep
  std::atomic<int> woken{0};
  std::vector<std::jthread> threads;
  for (size_t self = 1; self < 3; ++self) {
    threads.emplace_back([&, self] {
      if (!frontier.next(self)) ++woken;
    });
  }
  frontier.cancel();
  threads.clear();
  CHECK_EQ(woken.load(), 2);
}
