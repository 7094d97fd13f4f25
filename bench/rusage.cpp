// rusage COMMAND [ARG …]: runs the command and prints to descriptor 3 what the kernel accounted to it:
// {"status", "wallSeconds", "cpuSeconds", "peakKib"}. Small, so that its own memory, which the kernel
// counts as the command's until the exec, is less than any command's.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
  constexpr int result = 3;
  if (argc < 2 || fcntl(result, F_SETFD, FD_CLOEXEC) != 0) return 2;
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child) return 1;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + time.tv_usec / 1e6; };
  dprintf(result, "{\"status\":%d,\"wallSeconds\":%.6f,\"cpuSeconds\":%.6f,\"peakKib\":%ld}\n",
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall.count(),
          seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
  return 0;
}
