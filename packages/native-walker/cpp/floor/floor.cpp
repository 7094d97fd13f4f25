// The raw-syscall floor: openat, getdents64, statx and close per thread with the walker's frontier
// and directory handles, and no rows. What a scan costs above this is what its rows cost. With -c a
// directory's stats are split among the threads, so many entries at a time.
//
//   floor [-t threads] [-m statx|none] [-c entries] root...
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/descriptor_pool.hpp"
#include "core/dirents.hpp"
#include "core/frontier.hpp"
#include "core/stat_call.hpp"

namespace {

using namespace pwalk;

struct Chunk {
  DirectoryRef directory;
  std::vector<std::byte> records;
};
using Item = std::variant<DirectoryRef, std::unique_ptr<Chunk>>;

struct Floor {
  Floor(size_t threads, bool stats, size_t split_at)
      : use_stat(stats), chunk(split_at), stat(default_columns, StatMode::automatic), pool(DescriptorPool::capacity_for(threads)), frontier(threads) {}

  void run(size_t self) {
    uint64_t count = 0;
    const auto buffer = std::make_unique<std::byte[]>(buffer_size);
    while (auto item = frontier.next(self)) {
      if (const auto* directory = std::get_if<DirectoryRef>(&*item)) {
        visit(self, *directory, {buffer.get(), buffer_size}, count);
      } else {
        const Chunk& part = *std::get<std::unique_ptr<Chunk>>(*item);
        const PinnedDirectory pinned(pool, *part.directory);
        pool.release_user(*part.directory);
        if (pinned.error() == 0) look_at(self, part.directory, pinned.fd(), part.records, count);
      }
      frontier.done();
    }
    entries += count;
  }

  void visit(size_t self, const DirectoryRef& directory, std::span<std::byte> buffer, uint64_t& count) {
    const PinnedDirectory pinned(pool, *directory);
    if (!directory->is_root()) pool.release_user(*directory->parent);
    if (pinned.error() != 0) return;
    ssize_t size;
    while ((size = ::getdents64(pinned.fd(), buffer.data(), buffer.size())) > 0) {
      DirentBytes records = buffer.first(static_cast<size_t>(size));
      while (chunk != 0) {
        DirentCursor cursor(records);
        Dirent entry;
        size_t taken = 0;
        while (taken < chunk && cursor.next(entry)) ++taken;
        if (cursor.position() == 0 || cursor.position() == records.size()) break;
        const DirentBytes part = records.first(cursor.position());
        records = records.subspan(cursor.position());
        directory->users.fetch_add(1, std::memory_order_relaxed);
        frontier.push(self, std::make_unique<Chunk>(Chunk{directory, {part.begin(), part.end()}}));
      }
      look_at(self, directory, pinned.fd(), records, count);
    }
  }

  void look_at(size_t self, const DirectoryRef& directory, int fd, DirentBytes records, uint64_t& count) {
    DirentCursor cursor(records);
    Dirent entry;
    while (cursor.next(entry)) {
      if (entry.is_dot()) continue;
      ++count;
      EntryType type = type_of_dirent(entry.type);
      StatRow row;
      if ((use_stat || type == EntryType::unknown) && stat(fd, entry.name.data(), false, row) == 0) type = row.type();
      if (type != EntryType::directory) continue;
      directory->users.fetch_add(1, std::memory_order_relaxed);
      frontier.push(self, Directory::child(directory, std::string(entry.name), use_stat ? &row : nullptr));
    }
  }

  static constexpr size_t buffer_size = 128 << 10;
  const bool use_stat;
  const size_t chunk;  // entries; 0: a directory's stats are one thread's
  const StatCall stat;
  DescriptorPool pool;
  Frontier<Item> frontier;
  std::atomic<uint64_t> entries{0};
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  size_t threads = std::thread::hardware_concurrency();
  bool use_stat = true;
  size_t chunk = 0;
  for (int option; (option = getopt(argc, argv, "t:m:c:")) != -1;) {
    if (option == 't') {
      threads = std::strtoul(optarg, nullptr, 10);
    } else if (option == 'c') {
      chunk = std::strtoul(optarg, nullptr, 10);
    } else if (option == 'm' && (std::strcmp(optarg, "statx") == 0 || std::strcmp(optarg, "none") == 0)) {
      use_stat = std::strcmp(optarg, "statx") == 0;
    } else {
      threads = 0;
    }
  }
  if (threads == 0 || optind == argc) {
    std::fputs("usage: floor [-t threads] [-m statx|none] [-c entries] root...\n", stderr);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  Floor floor(threads, use_stat, chunk);
  for (int i = optind; i < argc; ++i) floor.frontier.push(static_cast<size_t>(i) % threads, Directory::root(argv[i]));
  {
    std::vector<std::jthread> workers;
    for (size_t i = 0; i < threads; ++i) workers.emplace_back([&floor, i] { floor.run(i); });
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  std::printf("{\"entries\":%llu,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n",
              static_cast<unsigned long long>(floor.entries.load()), elapsed.count(), cpu_seconds());
}
