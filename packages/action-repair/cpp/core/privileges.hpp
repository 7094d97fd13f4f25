#pragma once

#include <cstdint>

namespace pwalk::repair {

// Effective capabilities of the calling thread, bit n for capability n; 0 when they cannot be read.
uint64_t effective_capabilities();

// Gives up, for the calling thread only, all capabilities but those a repair needs: CAP_CHOWN,
// CAP_FOWNER, CAP_FSETID, and CAP_DAC_READ_SEARCH to reach what it repairs.
void keep_repair_privileges();

}  // namespace pwalk::repair
