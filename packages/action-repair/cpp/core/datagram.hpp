#pragma once

#include <string>
#include <string_view>

#include "pwalk/unique_fd.hpp"

namespace pwalk::repair {

// A connected AF_UNIX datagram socket, as syslog and journald listen on; Node has none.
class Datagram {
 public:
  explicit Datagram(const std::string& path);

  // The errno of connecting, 0 when it is connected.
  int error() const { return error_; }
  // 0 or an errno; never blocks, never raises SIGPIPE.
  int send(std::string_view message) const;

 private:
  UniqueFd fd_;
  int error_ = 0;
};

}  // namespace pwalk::repair
