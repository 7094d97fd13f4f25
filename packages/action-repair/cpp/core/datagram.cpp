#include "core/datagram.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace pwalk::repair {

Datagram::Datagram(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    error_ = ENAMETOOLONG;
    return;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  if (!fd_.valid() || ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    error_ = errno;
  }
}

int Datagram::send(std::string_view message) const {
  if (error_ != 0) return error_;
  const ssize_t sent = ::send(fd_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? errno : 0;
}

}  // namespace pwalk::repair
