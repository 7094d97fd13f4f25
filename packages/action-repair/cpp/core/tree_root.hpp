#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/inode_status.hpp"
#include "core/protection.hpp"
#include "pwalk/proc_descriptors.hpp"
#include "pwalk/unique_fd.hpp"

namespace pwalk::repair {

// Why a directory is not taken as the root of a repair. The order is that of `rootRefusals` in
// src/addon.ts.
enum class Refusal : uint8_t {
  none,
  unreachable,         // `error` says why
  symbolic_link,       // the path goes through one
  not_a_directory,
  protected_directory,
  inside_protected,
  above_protected,
};

// The directory below which a repair stays, opened without following any symbolic link, and all that
// its threads share: immutable once made.
class TreeRoot {
 public:
  TreeRoot(const std::string& path, Protection protection);

  Refusal refusal() const { return refusal_; }
  int error() const { return error_; }
  int fd() const { return fd_.get(); }
  const InodeStatus& status() const { return status_; }
  // The kernel's name for it, without links; empty where /proc is not to be had.
  const std::string& path() const { return path_; }
  // Owner and mode of the directories above it, nearest first.
  const std::vector<InodeStatus>& ancestors() const { return ancestors_; }
  const Protection& protection() const { return protection_; }
  const ProcDescriptors& proc() const { return proc_; }
  bool has_openat2() const { return has_openat2_; }
  bool has_listxattrat() const { return has_listxattrat_; }

 private:
  Refusal examine(const std::string& path);

  ProcDescriptors proc_;
  Protection protection_;
  bool has_openat2_;
  bool has_listxattrat_;
  UniqueFd fd_;
  InodeStatus status_;
  std::string path_;
  std::vector<InodeStatus> ancestors_;
  int error_ = 0;
  Refusal refusal_;
};

}  // namespace pwalk::repair
