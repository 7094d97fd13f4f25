// Reads a tree once, for bench/instructions.mjs to count its instructions. On one thread, because how
// often threads wait for each other is different every time.
//
//   instructions scan ROOT   all default columns, batches copied as for JavaScript
//   instructions list ROOT   names and types, as walkSync() without reading ahead
#include <chrono>
#include <cstdio>
#include <memory>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include "core/lister.hpp"
#include "core/walk.hpp"

namespace {

using namespace pwalk;

size_t scan(const std::string& root) {
  WalkOptions options;
  options.roots = {root};
  const auto woken = std::make_shared<std::counting_semaphore<>>(0);
  const auto walk = Walk::start(std::move(options), [woken] { woken->release(); });
  std::vector<uint8_t> copy;
  for (;;) {
    BatchPtr batch;
    switch (walk->poll(batch)) {
      case BatchQueue::Poll::armed: woken->acquire(); break;
      case BatchQueue::Poll::batch:
        batch->finish();
        copy.resize(batch->byte_length());
        batch->copy_to(copy.data());
        walk->recycle(std::move(batch));
        break;
      case BatchQueue::Poll::ended:
        return walk->wait_ended(std::chrono::steady_clock::now() + std::chrono::seconds(20)) ? walk->accounting().rows : 0;
    }
  }
}

size_t list_below(Lister& lister, size_t depth, std::string_view name) {
  if (lister.visit(depth, name, Lister::Wait::block) != Lister::Step::listed) return 0;
  const Listing listing = std::move(lister.current());
  size_t entries = listing.entry_count;
  const std::string_view directories(listing.names.data(), listing.directories_size);
  for (size_t from = 0; from < directories.size();) {
    const size_t to = directories.find('/', from);
    entries += list_below(lister, depth + 1, directories.substr(from, to - from));
    from = to + 1;
  }
  return entries;
}

size_t list(const std::string& root) {
  ListerOptions options;
  options.top = root;
  options.enter_links = false;
  const auto lister = Lister::start(std::move(options), [] {});
  return list_below(*lister, 0, "");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  if (what != "scan" && what != "list") {
    std::fputs("usage: instructions scan|list ROOT\n", stderr);
    return 2;
  }
  const size_t entries = what == "scan" ? scan(argv[2]) : list(argv[2]);
  std::printf("%zu\n", entries);
  return entries > 0 ? 0 : 1;
}
