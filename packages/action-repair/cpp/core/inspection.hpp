#pragma once

#include "core/inheritance.hpp"
#include "core/nominee.hpp"

namespace pwalk::repair {

// Compares an entry with what the scan saw of it and makes its record: times, features, the group that it
// may take from above. One that the group from above alone decides, and that gets nothing, is only
// settled. Whatever it finds is looked at again, through one descriptor, before anything is changed.
void inspect(const TreeRoot& root, Descent& descent, const Inheritance& inheritance, const Nominees& nominees,
             size_t index);

}  // namespace pwalk::repair
