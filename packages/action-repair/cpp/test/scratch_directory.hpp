#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace pwalk::repair::test {

// A directory of its own for a test, removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "pwalk-repair-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = std::filesystem::canonical(name);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string at(const std::string& name) const { return path_ + "/" + name; }
  void directory(const std::string& name) const { std::filesystem::create_directories(at(name)); }
  void file(const std::string& name, mode_t mode) const {
    const int fd = ::open(at(name).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || ::fchmod(fd, mode) != 0 || ::close(fd) != 0) throw std::runtime_error("file");
  }
  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_symlink(target, at(name));
  }
  mode_t mode(const std::string& name) const {
    struct stat status {};
    if (::lstat(at(name).c_str(), &status) != 0) throw std::runtime_error("lstat");
    return status.st_mode & 07777;
  }

 private:
  std::string path_;
};

}  // namespace pwalk::repair::test
