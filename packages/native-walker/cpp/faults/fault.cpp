#include "faults/fault.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <fnmatch.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pwalk/unique_fd.hpp"

namespace pwalk::test {
namespace {

#if defined(__x86_64__)
constexpr uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
#error "say which architecture's system call numbers these are"
#endif

constexpr auto patience = std::chrono::seconds(60);

std::vector<uint32_t> numbers_of(const std::string& call) {
  if (call == "openat") return {SYS_openat};
  if (call == "getdents64") return {SYS_getdents64};
  if (call == "statx") return {SYS_statx};
  if (call == "newfstatat") return {SYS_newfstatat};
  // The C library makes it of either.
  if (call == "fstat") return {SYS_fstat, SYS_newfstatat};
  if (call == "sync") return {SYS_fsync, SYS_fdatasync};
  if (call == "write") return {SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev};
#if defined(SYS_unlink)
  if (call == "remove") return {SYS_unlink, SYS_rmdir, SYS_unlinkat};
#else
  if (call == "remove") return {SYS_unlinkat};
#endif
#if defined(SYS_rename)
  if (call == "rename") return {SYS_rename, SYS_renameat, SYS_renameat2};
#else
  if (call == "rename") return {SYS_renameat, SYS_renameat2};
#endif
  return {};
}

// In the child: from here on the calls stop until somebody answers them through the descriptor.
int install_filter(const std::vector<uint32_t>& numbers) {
  std::vector<sock_filter> program{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const uint32_t number : numbers) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
}

union Control {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

bool send_descriptor(int socket, int fd) {
  char byte = 0;
  iovec data{&byte, 1};
  Control control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  return ::sendmsg(socket, &message, 0) == 1;
}

UniqueFd receive_descriptor(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  Control control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  int fd = -1;
  if (::recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1) return UniqueFd();
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return UniqueFd(fd);
}

std::string text_at(pid_t thread, uint64_t address) {
  std::string text;
  char block[256];
  for (;;) {
    // Not over the end of a page: the next may not be there.
    const size_t size = std::min<size_t>(sizeof block, 4096 - address % 4096);
    iovec local{block, size};
    iovec remote{reinterpret_cast<void*>(address), size};
    const ssize_t got = ::process_vm_readv(thread, &local, 1, &remote, 1, 0);
    if (got <= 0) return text;
    const size_t length = ::strnlen(block, static_cast<size_t>(got));
    text.append(block, length);
    if (length < static_cast<size_t>(got)) return text;
    address += static_cast<uint64_t>(got);
  }
}

std::string descriptor_path(pid_t thread, uint64_t fd) {
  const std::string link = "/proc/" + std::to_string(thread) + "/fd/" + std::to_string(static_cast<int>(fd));
  char path[4096];
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  return std::string(path, length < 0 ? 0 : static_cast<size_t>(length));
}

// The path a call is about; nothing for one that only shares its number with the call that is meant.
std::optional<std::string> subject_of(const Fault& fault, const seccomp_notif& stopped) {
  const auto thread = static_cast<pid_t>(stopped.pid);
  const auto& arguments = stopped.data.args;
  const auto number = static_cast<long>(stopped.data.nr);
  if (number == SYS_getdents64 || number == SYS_fstat || fault.call == "sync" || fault.call == "write") {
    return descriptor_path(thread, arguments[0]);
  }
#if defined(SYS_rename)
  if (number == SYS_rename) return text_at(thread, arguments[0]);
#endif
#if defined(SYS_unlink)
  if (number == SYS_unlink || number == SYS_rmdir) return text_at(thread, arguments[0]);
#endif
  const std::string path = text_at(thread, arguments[1]);
  if (fault.call == "fstat") return path.empty() ? std::optional(descriptor_path(thread, arguments[0])) : std::nullopt;
  return path;
}

bool is_about(const Fault& fault, const std::string& path) {
  return fault.name.empty() || ::fnmatch(fault.name.c_str(), path.c_str() + path.rfind('/') + 1, 0) == 0;
}

// Answers until the command and all it started have ended.
void answer_calls(const Fault& fault, int listener, pid_t child) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  unsigned count = 0;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd ready{listener, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0) {
      ::kill(child, SIGKILL);
      return;
    }
    if ((ready.revents & POLLIN) == 0) {
      if ((ready.revents & (POLLHUP | POLLERR)) != 0) return;
      continue;
    }
    seccomp_notif stopped{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &stopped) != 0) continue;
    const std::optional<std::string> subject = subject_of(fault, stopped);
    bool fails = subject && is_about(fault, *subject);
    if (fails) {
      ++count;
      fails = count >= fault.first && (fault.every == 0 ? count == fault.first : (count - fault.first) % fault.every == 0);
    }
    if (fails && fault.error == 0) {
      ::kill(child, SIGKILL);
      return;
    }
    seccomp_notif_resp answer{};
    answer.id = stopped.id;
    answer.error = fails ? -fault.error : 0;
    answer.flags = fails ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

}  // namespace

int run_with_fault(const Fault& fault, const std::vector<std::string>& command) {
  const std::vector<uint32_t> numbers = numbers_of(fault.call);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  int sockets[2];
  if (numbers.empty() || command.empty() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) return -1;
  UniqueFd ours(sockets[0]), theirs(sockets[1]);
  const pid_t child = ::fork();
  if (child < 0) return -1;
  if (child == 0) {
    const int listener = install_filter(numbers);
    if (listener < 0 || !send_descriptor(theirs.get(), listener)) ::_exit(125);
    ::close(listener);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  theirs.reset();
  const UniqueFd listener = receive_descriptor(ours.get());
  if (listener.valid()) answer_calls(fault, listener.get(), child);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!listener.valid()) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace pwalk::test
