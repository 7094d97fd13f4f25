#include <atomic>
#include <thread>

#include "core/descent.hpp"
#include "core/job.hpp"
#include "pwalk/check.hpp"
#include "test/inspecting.hpp"

namespace pwalk::repair::test {
namespace {

const std::atomic<bool> never{false};

void inspect_all(const TreeRoot& root, Records& records, unsigned threads) {
  Batch batch(records);
  CHECK(batch.inspect(root, threads));
  batch.complete(records);
}

bool change_all(const TreeRoot& root, std::span<uint8_t> bytes, unsigned threads,
                const std::atomic<bool>& stopped = never) {
  return Job{root, threads, stopped}.change_all(bytes);
}

// Inspects, then changes what is as it was.
void run(const TreeRoot& root, Records& records, unsigned threads) {
  inspect_all(root, records, threads);
  for (size_t i = 0; i < records_in(records.bytes()).size(); ++i) records.check(i, check_ctime | check_features);
  CHECK(change_all(root, records.bytes(), threads));
}

PWALK_TEST("many entries are changed by several threads, each once") {
  const ScratchDirectory place;
  Records records;
  for (int d = 0; d < 20; ++d) {
    const std::string directory = "d" + std::to_string(d);
    place.directory(directory + "/e");
    for (int f = 0; f < 20; ++f) place.file(directory + "/e/" + std::to_string(f), 0600);
    for (int f = 0; f < 20; ++f) records.add(place, directory + "/e/" + std::to_string(f), 0660);
  }
  const TreeRoot root(place.path(), Protection());
  run(root, records, 4);
  for (size_t i = 0; i < 400; ++i) CHECK_EQ(records.status(i), Status::done);
  CHECK_EQ(place.mode("d7/e/7"), 0660U);
}

PWALK_TEST("an entry that is not as the record says is stale and untouched") {
  const ScratchDirectory place;
  place.file("f", 0600);
  Records records;
  records.add(place, "f", 0660);
  const TreeRoot root(place.path(), Protection());
  inspect_all(root, records, 1);
  CHECK_EQ(::chmod(place.at("f").c_str(), 0604), 0);
  records.check(0, check_ctime);
  CHECK(change_all(root, records.bytes(), 1));
  CHECK_EQ(records.status(0), Status::stale);
  CHECK_EQ(place.mode("f"), 0604U);
}

PWALK_TEST("a link in any place is not followed, an odd path is refused") {
  const ScratchDirectory place;
  place.directory("real");
  place.file("real/f", 0600);
  place.link("real", "via");
  const TreeRoot root(place.path(), Protection());
  for (const std::string path : {"via/f", "../x", "real//f", "/real/f", "real/"}) {
    Descent descent(root);
    const Reached reached = descent.reach(path);
    CHECK(reached.status == (path == "via/f" ? Status::vanished : Status::failed));
    CHECK(!reached.fd.valid());
  }
}

PWALK_TEST("a file with a name that the record has not is outside; with all of them it is changed") {
  const ScratchDirectory place;
  place.file("a", 0600);
  CHECK_EQ(::link(place.at("a").c_str(), place.at("b").c_str()), 0);
  const TreeRoot root(place.path(), Protection());
  Records one;
  one.add(place, "a", 0660);
  run(root, one, 1);
  CHECK_EQ(one.status(0), Status::outside);
  Records twice;
  twice.add(place, std::string("a\0a", 3), 0660);
  run(root, twice, 1);
  CHECK_EQ(twice.status(0), Status::outside);
  Records both;
  both.add(place, std::string("a\0b", 3), 0660);
  run(root, both, 1);
  CHECK_EQ(both.status(0), Status::done);
  CHECK_EQ(place.mode("b"), 0660U);
}

PWALK_TEST("a state on the way is taken only where that is asked for") {
  const ScratchDirectory place;
  place.file("f", 0640);
  Records records;
  records.add(place, "f", 0664);
  CHECK_EQ(::chmod(place.at("f").c_str(), 0644), 0);
  const TreeRoot root(place.path(), Protection());
  CHECK(change_all(root, records.bytes(), 1));
  CHECK_EQ(records.status(0), Status::stale);
  records.check(0, accept_partial);
  CHECK(change_all(root, records.bytes(), 1));
  CHECK_EQ(records.status(0), Status::done);
  CHECK(change_all(root, records.bytes(), 1));
  CHECK_EQ(records.status(0), Status::already);
}

PWALK_TEST("going on gives no set-id bits back that went meanwhile") {
  const ScratchDirectory place;
  place.file("f", 04700);
  Records records;
  records.add(place, "f", 04750);
  records.check(0, accept_partial);
  CHECK_EQ(::chmod(place.at("f").c_str(), 0700), 0);
  const TreeRoot root(place.path(), Protection());
  CHECK(change_all(root, records.bytes(), 1));
  CHECK_EQ(records.status(0), Status::done);
  CHECK_EQ(place.mode("f"), 0750U);
}

PWALK_TEST("a job that is stopped leaves the rest pending") {
  const ScratchDirectory place;
  Records records;
  for (int i = 0; i < 200; ++i) {
    place.file(std::to_string(i), 0600);
    records.add(place, std::to_string(i), 0660);
  }
  const TreeRoot root(place.path(), Protection());
  std::atomic<bool> stopped{true};
  CHECK(change_all(root, records.bytes(), 2, stopped));
  for (size_t i = 0; i < 200; ++i) CHECK_EQ(records.status(i), Status::pending);
  stopped = false;
  std::thread stop([&] { stopped = true; });
  CHECK(change_all(root, records.bytes(), 2, stopped));
  stop.join();
}

PWALK_TEST("records that are not whole are refused") {
  const ScratchDirectory place;
  place.file("f", 0600);
  Records records;
  records.add(place, "f", 0660);
  const TreeRoot root(place.path(), Protection());
  std::vector<uint8_t> bytes = records.bytes();
  bytes.resize(bytes.size() - 1);
  CHECK(!change_all(root, bytes, 1));
  bytes = records.bytes();
  bytes[4] = 0xFF;  // a path longer than the record
  CHECK(!change_all(root, bytes, 1));
  CHECK_EQ(place.mode("f"), 0600U);
}

PWALK_TEST("deep trees need few descriptors") {
  const ScratchDirectory place;
  std::string path;
  UniqueFd at(::open(place.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  constexpr int depth = 1000;
  for (int i = 0; i < depth; ++i) {
    CHECK_EQ(::mkdirat(at.get(), "d", 0700), 0);
    at.reset(::openat(at.get(), "d", O_PATH | O_DIRECTORY | O_CLOEXEC));
    path += i == 0 ? "d" : "/d";
  }
  const TreeRoot root(place.path(), Protection());
  Descent descent(root);
  for (std::string_view rest = path; !rest.empty(); rest = rest.substr(0, std::max<size_t>(rest.size(), 2) - 2)) {
    CHECK(descent.reach(rest).status == Status::ok);
    if (rest.size() == 1) break;
  }
  const int next = ::dup(STDIN_FILENO);
  CHECK(next < 200);
  ::close(next);
}

}  // namespace
}  // namespace pwalk::repair::test
