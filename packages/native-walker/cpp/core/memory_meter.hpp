#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pwalk {

// What a piece of memory takes of the heap: the C library keeps a word beside it, and rounds up.
constexpr size_t heap_bytes(size_t size) { return size + 8 < 32 ? 32 : (size + 8 + 15) & ~size_t{15}; }

// What a string takes besides itself; short ones nothing.
inline size_t heap_bytes_of(const std::string& text) {
  return text.capacity() > std::string().capacity() ? heap_bytes(text.capacity() + 1) : 0;
}

// Bytes that things of one kind take, counted where they are made and where they go. Any thread; the
// counts lie apart, so that threads seldom wait for each other.
class MemoryMeter {
 public:
  // The same thing and bytes both times.
  void add(const void* thing, size_t bytes) { shard(thing).fetch_add(bytes, std::memory_order_relaxed); }
  void remove(const void* thing, size_t bytes) { shard(thing).fetch_sub(bytes, std::memory_order_relaxed); }

  size_t total() const {
    size_t sum = 0;
    for (const Shard& one : shards_) sum += one.bytes.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  struct alignas(64) Shard {
    std::atomic<size_t> bytes{0};
  };

  std::atomic<size_t>& shard(const void* thing) {
    return shards_[(reinterpret_cast<uintptr_t>(thing) >> 6) % shards_.size()].bytes;
  }

  std::array<Shard, 16> shards_;
};

}  // namespace pwalk
