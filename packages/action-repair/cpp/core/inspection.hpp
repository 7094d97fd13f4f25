#pragma once

#include "core/change_record.hpp"
#include "core/inheritance.hpp"

namespace pwalk::repair {

// Compares an entry with what the scan saw of it and completes its record: times, features, the group
// that it may take from above. Whatever it finds is looked at again, through one descriptor, before
// anything is changed.
void inspect(const TreeRoot& root, Descent& descent, const Inheritance& inheritance, RecordAt at);

}  // namespace pwalk::repair
