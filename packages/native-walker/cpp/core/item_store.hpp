#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace pwalk {

// Where a frontier puts items it has no room for.
//
// bytes_of(), is_storable() and room() on any thread; the rest by one thread at a time.
template <class Item>
class ItemStore {
 public:
  // Items that were written in one go, by the store that wrote them.
  struct Segment {
    uint32_t slot = 0;
    size_t count = 0;
  };

  ItemStore() = default;
  ItemStore(const ItemStore&) = delete;
  ItemStore& operator=(const ItemStore&) = delete;
  virtual ~ItemStore() = default;

  // What an item takes of memory; always the same of one.
  virtual size_t bytes_of(const Item& item) const = 0;
  virtual bool is_storable(const Item& item) const = 0;
  // Bytes that all items in memory may take now.
  virtual size_t room() const = 0;

  // Adds an item to the segment that is written next; false when that is full.
  virtual bool add(const Item& item) = 0;
  // Throws when it cannot be written: what was added is lost then.
  virtual Segment write() = 0;
  // Gives the items of a segment, in the order they were added; throws when they cannot be read.
  virtual void read(const Segment& segment, const std::function<void(Item)>& each) = 0;
  // Nobody will read it again.
  virtual void free(const Segment& segment) = 0;
};

}  // namespace pwalk
