// faults CALL ERRNO NAME FIRST EVERY COMMAND…: runs the command with some of its calls failing,
// or with ERRNO 0 kills it at one; see fault.hpp.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "faults/fault.hpp"

int main(int argc, char** argv) {
  if (argc < 7) {
    std::fputs("usage: faults CALL ERRNO NAME FIRST EVERY COMMAND [ARGUMENT ...]\n", stderr);
    return 2;
  }
  const pwalk::test::Fault fault{.call = argv[1], .error = std::atoi(argv[2]), .name = argv[3],
                                 .first = static_cast<unsigned>(std::atoi(argv[4])),
                                 .every = static_cast<unsigned>(std::atoi(argv[5]))};
  const int status = pwalk::test::run_with_fault(fault, std::vector<std::string>(argv + 6, argv + argc));
  if (status < 0) std::fputs("faults: cannot run the command so (seccomp user notification is needed)\n", stderr);
  return status < 0 ? 125 : status;
}
