#include "core/privileges.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pwalk::repair {
namespace {

constexpr uint32_t kept = (1U << CAP_CHOWN) | (1U << CAP_FOWNER) | (1U << CAP_FSETID) | (1U << CAP_DAC_READ_SEARCH);

bool read_capabilities(__user_cap_data_struct (&sets)[2]) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return ::syscall(SYS_capget, &header, sets) == 0;
}

}  // namespace

uint64_t effective_capabilities() {
  __user_cap_data_struct sets[2]{};
  if (!read_capabilities(sets)) return 0;
  return (uint64_t{sets[1].effective} << 32) | sets[0].effective;
}

void keep_repair_privileges() {
  __user_cap_data_struct sets[2]{};
  if (!read_capabilities(sets)) return;
  sets[0].effective &= kept;
  sets[0].permitted &= kept;
  sets[0].inheritable = 0;
  sets[1] = {};
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  ::syscall(SYS_capset, &header, sets);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

}  // namespace pwalk::repair
