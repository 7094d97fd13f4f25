#pragma once

#include <cstdint>
#include <string>

#include "core/dirents.hpp"

namespace pwalk {

// Notices that a listing has come back to where it was: a broken file system whose offsets go round would be
// listed forever. One per listing.
//
// How: what comes next depends on where the listing is, so one block seen twice is a circle. Of the blocks
// the 1st, 2nd, 4th, 8th … is remembered until the next of them, by its first entry (Brent's algorithm): a
// circle of N blocks is noticed within three times that many and those before it.
class ListingLoop {
 public:
  // Whether the block is the one remembered: it was given before, and so was what will come.
  bool closes_with(DirentBytes block) {
    Dirent first{};
    if (!DirentCursor(block).next(first)) return false;
    ++blocks_;
    if (blocks_ > 1 && first.offset == offset_ && first.name == name_) return true;
    if ((blocks_ & (blocks_ - 1)) == 0) {
      offset_ = first.offset;
      name_ = first.name;
    }
    return false;
  }

 private:
  uint64_t blocks_ = 0;
  int64_t offset_ = 0;
  std::string name_;
};

}  // namespace pwalk
