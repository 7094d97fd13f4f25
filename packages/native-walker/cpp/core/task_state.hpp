#pragma once

#include <sys/types.h>

namespace pwalk {

enum class TaskState {
  running,  // on a processor, or ready and waiting for one
  asleep,   // until something comes, in whatever way
  unknown,  // it ended, or there is no /proc
};

// What a thread of this process is at, as the kernel says.
TaskState state_of_task(pid_t task);

}  // namespace pwalk
