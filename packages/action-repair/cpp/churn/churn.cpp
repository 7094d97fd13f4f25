// churn DIRECTORY UID: an attacker. Becomes UID and, until its standard input ends, exchanges entries of
// DIRECTORY with each other as fast as it can: the directory `d` and the link `l`, the file `f` and the
// link `fl`; moves the hard link `h1` to `h2` and back; changes modes of its own. Prints how often.
// For tests.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto id = static_cast<uid_t>(std::atol(argv[2]));
  const int directory = ::open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0 || ::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0) {
    std::perror(argv[1]);
    return 1;
  }
  unsigned long swaps = 0;
  for (;;) {
    for (int i = 0; i < 50; ++i) {
      if (::renameat2(directory, "d", directory, "l", RENAME_EXCHANGE) == 0) ++swaps;
      if (::renameat2(directory, "f", directory, "fl", RENAME_EXCHANGE) == 0) ++swaps;
      if (::renameat(directory, i % 2 == 0 ? "h1" : "h2", directory, i % 2 == 0 ? "h2" : "h1") == 0) ++swaps;
      if (i % 10 == 0 && ::fchmodat(directory, "own", i % 20 == 0 ? 0600 : 0640, 0) == 0) ++swaps;
    }
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, 0) > 0) break;
  }
  std::printf("%lu\n", swaps);
  return 0;
}
