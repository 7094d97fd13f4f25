// gate [--kill N] [--term N] [--sync] [--missing NAME]... LOG COMMAND...: runs a command and stands before every call
// it makes to change modes or owners. Each is written to LOG, then let through; before the N-th the
// command is killed, or told to end (--term) and the call let through. With --sync fdatasync counts too; --missing openat2 (or fchmodat2) makes that call
// answer ENOSYS, as old kernels and the filters of containers do. Ends with the command's status, 137
// when it was killed. For tests; needs root and Linux 5.5.
// Source: https://docs.kernel.org/userspace-api/seccomp_filter.html
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "pwalk/openat2.hpp"
#include "pwalk/proc_descriptors.hpp"
#include "pwalk/unique_fd.hpp"

namespace {

struct Call {
  unsigned number;
  const char* name;
};

constexpr std::array changing = {
#ifdef SYS_chmod
    Call{SYS_chmod, "chmod"},
    Call{SYS_chown, "chown"},
    Call{SYS_lchown, "lchown"},
#endif
    Call{SYS_fchmod, "fchmod"},     Call{SYS_fchmodat, "fchmodat"}, Call{SYS_fchmodat2, "fchmodat2"},
    Call{SYS_fchown, "fchown"},     Call{SYS_fchownat, "fchownat"},
};

struct Options {
  long kill_at = 0;
  long term_at = 0;
  bool sync = false;
  std::vector<unsigned> missing;
};

const char* name_of(unsigned number) {
  for (const Call& call : changing) {
    if (call.number == number) return call.name;
  }
  return number == SYS_fdatasync ? "fdatasync" : "?";
}

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(125);
}

// Installs the filter for this process and what it starts; returns the descriptor of its listener.
int install(const Options& options) {
  std::vector<sock_filter> program;
  const auto answer = [&](unsigned number, unsigned verdict) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, verdict));
  };
  program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const unsigned number : options.missing) answer(number, SECCOMP_RET_ERRNO | ENOSYS);
  for (const Call& call : changing) answer(call.number, SECCOMP_RET_USER_NOTIF);
  if (options.sync) answer(SYS_fdatasync, SECCOMP_RET_USER_NOTIF);
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  const long fd = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  if (fd < 0) fail("seccomp");
  return static_cast<int>(fd);
}

void send_fd(int socket, int fd) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  if (::sendmsg(socket, &message, 0) < 0) fail("sendmsg");
}

int receive_fd(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0) fail("recvmsg");
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

// What a descriptor of the stopped thread stands for.
std::string target_of(pid_t pid, int fd) {
  char target[PATH_MAX];
  const std::string link = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
  return length < 0 ? "?" : std::string(target, static_cast<size_t>(length));
}

std::string text_at(pid_t pid, unsigned long long address) {
  const pwalk::UniqueFd memory(::open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
  char text[256] = {};
  if (::pread(memory.get(), text, sizeof text - 1, static_cast<off_t>(address)) < 0) return "?";
  return text;
}

// The effective capabilities of the stopped thread, in hexadecimal.
std::string capabilities_of(pid_t thread) {
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("CapEff:\t")) return line.substr(8);
  }
  return "?";
}

// A line: the call, what it changes, the path it names (empty for none), the new value and group, and the
// capabilities of the thread that makes it.
void write_line(std::FILE* log, pid_t pid, const seccomp_data& call) {
  const auto number = static_cast<unsigned>(call.nr);
  const int fd = static_cast<int>(call.args[0]);
  const bool takes_directory = number == SYS_fchmodat || number == SYS_fchmodat2 || number == SYS_fchownat;
  std::string path;
  std::string target;
  if (takes_directory) {
    path = text_at(pid, call.args[1]);
    target = path.empty() ? target_of(pid, fd) : target_of(pid, fd) + "/" + path;
  } else if (number == SYS_fchmod || number == SYS_fchown || number == SYS_fdatasync) {
    target = target_of(pid, fd);
  } else {
    path = text_at(pid, call.args[0]);
    target = path;
  }
  const auto value = static_cast<unsigned>(call.args[takes_directory ? 2 : 1]);
  const auto group = static_cast<unsigned>(call.args[takes_directory ? 3 : 2]);
  std::fprintf(log, "%s\t%s\t%s\t%o\t%d\t%s\n", name_of(number), target.c_str(), path.c_str(), value,
               static_cast<int>(group), capabilities_of(pid).c_str());
  std::fflush(log);
}

int supervise(pid_t child, int listener, std::FILE* log, const Options& options) {
  long seen = 0;
  for (;;) {
    pollfd waiting{listener, POLLIN, 0};
    if (::poll(&waiting, 1, -1) < 0) fail("poll");
    // The listener hangs up when nothing is left that the filter applies to.
    if ((waiting.revents & POLLIN) == 0) break;
    seccomp_notif request{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) continue;
    ++seen;
    if (seen == options.kill_at) {
      ::kill(child, SIGKILL);
      break;
    }
    if (seen == options.term_at) ::kill(child, SIGTERM);
    write_line(log, static_cast<pid_t>(request.pid), request.data);
    seccomp_notif_resp response{};
    response.id = request.id;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; ++at) {
    const std::string flag = argv[at];
    if (flag == "--sync") options.sync = true;
    else if (flag == "--kill" && at + 1 < argc) options.kill_at = std::atol(argv[++at]);
    else if (flag == "--term" && at + 1 < argc) options.term_at = std::atol(argv[++at]);
    else if (flag == "--missing" && at + 1 < argc) {
      options.missing.push_back(std::string(argv[++at]) == "openat2" ? SYS_openat2 : SYS_fchmodat2);
    } else return 2;
  }
  if (argc - at < 2) return 2;
  std::FILE* log = std::fopen(argv[at], "we");
  if (log == nullptr) fail(argv[at]);
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) fail("socketpair");
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    send_fd(sockets[1], install(options));
    ::execvp(argv[at + 1], argv + at + 1);
    fail("exec");
  }
  return supervise(child, receive_fd(sockets[0]), log, options);
}
