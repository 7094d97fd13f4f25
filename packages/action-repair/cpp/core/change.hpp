#pragma once

#include "core/change_record.hpp"
#include "core/descent.hpp"

namespace pwalk::repair {

// Opens the entry of a record by the first of its names that leads to the inode; where none does, what is
// returned is of the first name.
Reached reach_any(Descent& descent, RecordAt at);

// Makes one change, on a descriptor that was compared with the record's before-image. Bits are taken
// away before the owner and the group change and given afterwards: at no moment has anybody more
// rights than before or after. Looks at the inode when it is done, and says what it found.
void change(const TreeRoot& root, Descent& descent, RecordAt at);

}  // namespace pwalk::repair
