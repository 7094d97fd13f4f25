#pragma once

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pwalk/unique_fd.hpp"

namespace pwalk::test {

inline void expect(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

inline std::string numbered(std::string name, size_t number) { return name.append(std::to_string(number)); }

// A directory of its own for one test, removed with everything below it.
class ScratchTree {
 public:
  ScratchTree() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base != nullptr ? base : "/tmp") + "/pwalk-test-XXXXXX";
    expect(::mkdtemp(path_.data()) != nullptr, "mkdtemp");
    ::chmod(path_.c_str(), 0755);
  }
  ScratchTree(const ScratchTree&) = delete;
  ScratchTree& operator=(const ScratchTree&) = delete;
  // rm: trees here are deeper than a path, and than a recursive removal, may be.
  ~ScratchTree() { std::ignore = std::system(std::string("rm -rf '").append(path_).append("'").c_str()); }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  void directory(const std::string& name) const { expect(::mkdir((*this / name).c_str(), 0755) == 0, "mkdir"); }
  void file(const std::string& name, size_t size = 0) const {
    std::ofstream out(*this / name, std::ios::binary);
    out << std::string(size, 'x');
    expect(out.good(), "file");
  }
  void symlink(const std::string& target, const std::string& name) const {
    expect(::symlink(target.c_str(), (*this / name).c_str()) == 0, "symlink");
  }

  // `levels` directories named "d" in each other, with a file "f" in each where `with_files`.
  void chain(int levels, bool with_files = false) const {
    UniqueFd at(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < levels; ++i) {
      expect(::mkdirat(at.get(), "d", 0755) == 0, "mkdirat");
      if (with_files) UniqueFd(::openat(at.get(), "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
      at.reset(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      expect(at.valid(), "openat");
    }
  }
  // `levels` directories of that name in each other, with a file "f" in the last.
  void deep(int levels, const std::string& name) const {
    UniqueFd at(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < levels; ++i) {
      expect(::mkdirat(at.get(), name.c_str(), 0755) == 0, "mkdirat");
      at.reset(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      expect(at.valid(), "openat");
    }
    expect(UniqueFd(::openat(at.get(), "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0644)).valid(), "file");
  }
  // As chain(), with a second directory "s" in each level.
  void comb(int levels) const {
    UniqueFd at(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; i < levels; ++i) {
      expect(::mkdirat(at.get(), "d", 0755) == 0 && ::mkdirat(at.get(), "s", 0755) == 0, "mkdirat");
      at.reset(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      expect(at.valid(), "openat");
    }
  }
  // `directories` directories of `files` files each.
  void wide(size_t directories, size_t files) const {
    for (size_t i = 0; i < directories; ++i) {
      const std::string name = numbered("dir", i);
      directory(name);
      const UniqueFd at(::open((*this / name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      for (size_t j = 0; j < files; ++j) {
        UniqueFd(::openat(at.get(), (numbered("f", j)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
      }
    }
  }

 private:
  std::string path_;
};

}  // namespace pwalk::test
