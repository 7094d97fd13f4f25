#include "hanging_calls.hpp"

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>
#include <thread>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace pwalk::test {
namespace {

int install_filter() {
  const auto if_not = [](int number) {
    return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<uint32_t>(number)};
  };
  const sock_filter notify{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF};
  std::vector<sock_filter> program{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                                   if_not(SYS_statx), notify, if_not(SYS_openat), notify,
                                   if_not(SYS_getdents64), notify,
                                   {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const sock_fprog given{static_cast<unsigned short>(program.size()), program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &given));
}

// Text of another thread, read through the kernel: it holds still, but no lock says so.
std::string text_at(uint64_t address) {
  std::string text(PATH_MAX, '\0');
  iovec to{text.data(), text.size()};
  iovec from{reinterpret_cast<void*>(address), text.size()};
  while (from.iov_len > 0 && ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0) < 0) from.iov_len /= 2;
  return text.c_str();
}

// The last component a call is about. The threads that make the calls share our descriptors.
std::string subject_of(const seccomp_data& call) {
  std::string path(PATH_MAX, '\0');
  if (call.nr == SYS_getdents64) {
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(call.args[0])).c_str(), path.data(), path.size());
    path.resize(size > 0 ? static_cast<size_t>(size) : 0);
  } else {
    path = text_at(call.args[1]);
  }
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

HangingCalls::HangingCalls(std::string name) : name_(std::move(name)) {
  // The supervisor is started before the filter and so is not under it; it begins when there is a listener.
  std::atomic<int>* const listener = new std::atomic<int>(-2);
  std::thread([this, listener] {
    while (listener->load() == -2) std::this_thread::yield();
    if (listener->load() >= 0) supervise();
    delete listener;
  }).detach();
  listener_ = install_filter();
  listener->store(listener_);
}

void HangingCalls::release() { released_.store(true); }

void HangingCalls::supervise() {
  std::vector<uint64_t> held;
  const auto let_go = [this](uint64_t id) {
    seccomp_notif_resp answer{};
    answer.id = id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ::ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  };
  for (;;) {
    if (released_.load()) {
      for (const uint64_t id : held) let_go(id);
      held_ -= held.size();
      held.clear();
    }
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, 10) <= 0) continue;
    seccomp_notif call{};
    if (::ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) continue;
    if (!released_.load() && subject_of(call.data) == name_) {
      held.push_back(call.id);
      ++held_;
    } else {
      let_go(call.id);
    }
  }
}

}  // namespace pwalk::test
