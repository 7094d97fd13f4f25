#pragma once

#include "core/change_record.hpp"
#include "core/descent.hpp"

namespace pwalk::repair {

// Compares the entry with what the scan saw of it and completes the record: times, features. What it
// finds is looked at again, through one descriptor, before anything is changed.
void inspect(Descent& descent, RecordAt at);

// Makes one change, on a descriptor that was compared with the record's before-image. Bits are taken
// away before the owner and the group change and given afterwards: at no moment has anybody more
// rights than before or after. Looks at the inode when it is done, and says what it found.
void change(const TreeRoot& root, Descent& descent, RecordAt at);

}  // namespace pwalk::repair
