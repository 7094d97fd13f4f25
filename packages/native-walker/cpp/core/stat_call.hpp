#pragma once

#include <cstdint>

#include "core/columns.hpp"
#include "core/stat_row.hpp"

namespace pwalk {

enum class StatMode : uint8_t {
  automatic,  // what the client has cached will do on remote file systems
  lazy,       // what the client has cached will do everywhere
  sync,       // as stat() would: the server is asked where the file system says so
};

// How entries of one walk are statted: statx with the fields the columns need and no others, never
// following a symbolic link, never triggering an automount. Where statx is missing or forbidden
// (old kernels, seccomp filters), fstatat: no birth time and no mount id then. Immutable, shared by
// all threads.
class StatCall {
 public:
  StatCall(ColumnSet columns, StatMode mode);

  // 0 or an errno. `name` is looked up in `dir_fd`, and a symbolic link followed only if `follow`; what tends to pass is tried again.
  int operator()(int dir_fd, const char* name, bool remote, StatRow& row, bool follow = false) const;

 private:
  int once(int dir_fd, const char* name, bool remote, StatRow& row, bool follow) const;

  unsigned mask_;
  StatMode mode_;
  bool has_statx_;
};

}  // namespace pwalk
