#pragma once

#include "core/inheritance.hpp"
#include "core/nominee.hpp"

namespace pwalk::repair {

// Compares entries with what the scan saw of them and makes their records: times, features, the group that
// each may take from above. One that the group from above alone decides, and that gets nothing, is only
// counted. Whatever is found is looked at again, through one descriptor, before anything is changed.
//
// One per thread; what it is made from must outlive it.
class Inspector {
 public:
  Inspector(const TreeRoot& root, const Inheritance& inheritance, const Nominees& nominees)
      : root_(root), inheritance_(inheritance), nominees_(nominees), descent_(root) {}

  // All rows of a nominee.
  void inspect(size_t index);

 private:
  void inspect_row(Nominee& nominee, size_t row);
  uint32_t handed_on();

  const TreeRoot& root_;
  const Inheritance& inheritance_;
  const Nominees& nominees_;
  Descent descent_;
  // What the directory hands on that was looked at as the so manieth.
  uint32_t group_ = 0;
  uint64_t group_of_ = 0;
};

}  // namespace pwalk::repair
