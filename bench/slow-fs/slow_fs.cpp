// slow_fs SOURCE MOUNTPOINT [-o OPTIONS]: a read-only FUSE file system that shows SOURCE and takes its time:
// every request waits SLOW_FS_MICROSECONDS (default 500) before it is answered, many at once if they
// come so. The kernel may keep names and attributes for SLOW_FS_CACHE_SECONDS (default 1, as libfuse's own
// examples do; 0: ask every time). Stays in the foreground; ends when it is unmounted.
//
//   g++ -O2 -std=c++20 -o slow_fs slow_fs.cpp $(pkg-config --cflags --libs fuse3)
#define FUSE_USE_VERSION 34
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include <dirent.h>
#include <fuse_lowlevel.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// Numbers of files, which are positions in a table of their paths. Nothing is ever taken out of it.
class Files {
 public:
  explicit Files(const std::string& root) { number_of(root); }

  fuse_ino_t number_of(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = numbers_.emplace(path, paths_.size() + FUSE_ROOT_ID);
    if (is_new) paths_.push_back(path);
    return place->second;
  }
  std::string path(fuse_ino_t number) {
    const std::lock_guard lock(mutex_);
    return paths_[number - FUSE_ROOT_ID];
  }

 private:
  std::mutex mutex_;
  std::deque<std::string> paths_;
  std::unordered_map<std::string, fuse_ino_t> numbers_;
};

double setting(const char* name, double fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtod(text, nullptr);
}

const auto delay = std::chrono::microseconds(static_cast<int64_t>(setting("SLOW_FS_MICROSECONDS", 500)));
const double cache_seconds = setting("SLOW_FS_CACHE_SECONDS", 1);

Files& files_of(fuse_req_t request) { return *static_cast<Files*>(fuse_req_userdata(request)); }

std::string begin(fuse_req_t request, fuse_ino_t number) {
  std::this_thread::sleep_for(delay);
  return files_of(request).path(number);
}

void lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const std::string path = begin(request, parent) + "/" + name;
  fuse_entry_param entry{};
  if (::lstat(path.c_str(), &entry.attr) != 0) {
    fuse_reply_err(request, errno);
    return;
  }
  entry.ino = files_of(request).number_of(path);
  entry.attr_timeout = entry.entry_timeout = cache_seconds;
  fuse_reply_entry(request, &entry);
}

void getattr(fuse_req_t request, fuse_ino_t number, fuse_file_info*) {
  struct stat attributes;
  if (::lstat(begin(request, number).c_str(), &attributes) != 0) {
    fuse_reply_err(request, errno);
  } else {
    fuse_reply_attr(request, &attributes, cache_seconds);
  }
}

void readlink(fuse_req_t request, fuse_ino_t number) {
  std::string target(4096, '\0');
  const ssize_t size = ::readlink(begin(request, number).c_str(), target.data(), target.size() - 1);
  if (size < 0) {
    fuse_reply_err(request, errno);
  } else {
    target[static_cast<size_t>(size)] = '\0';
    fuse_reply_readlink(request, target.c_str());
  }
}

void opendir(fuse_req_t request, fuse_ino_t number, fuse_file_info* file) {
  DIR* directory = ::opendir(begin(request, number).c_str());
  if (directory == nullptr) {
    fuse_reply_err(request, errno);
    return;
  }
  file->fh = reinterpret_cast<uint64_t>(directory);
  if (fuse_reply_open(request, file) == -ENOENT) ::closedir(directory);
}

void readdir(fuse_req_t request, fuse_ino_t, size_t size, off_t offset, fuse_file_info* file) {
  std::this_thread::sleep_for(delay);
  auto* directory = reinterpret_cast<DIR*>(file->fh);
  if (offset != ::telldir(directory)) ::seekdir(directory, offset);
  const auto buffer = std::make_unique<char[]>(size);
  size_t used = 0;
  for (;;) {
    const off_t before = ::telldir(directory);
    const dirent* entry = ::readdir(directory);
    if (entry == nullptr) break;
    struct stat attributes{};
    attributes.st_ino = entry->d_ino;
    attributes.st_mode = static_cast<mode_t>(DTTOIF(entry->d_type));
    const size_t needed =
        fuse_add_direntry(request, buffer.get() + used, size - used, entry->d_name, &attributes, ::telldir(directory));
    if (needed > size - used) {
      ::seekdir(directory, before);
      break;
    }
    used += needed;
  }
  fuse_reply_buf(request, buffer.get(), used);
}

void releasedir(fuse_req_t request, fuse_ino_t, fuse_file_info* file) {
  std::this_thread::sleep_for(delay);
  ::closedir(reinterpret_cast<DIR*>(file->fh));
  fuse_reply_err(request, 0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: slow_fs SOURCE MOUNTPOINT [-o OPTIONS]\n", stderr);
    return 2;
  }
  const std::unique_ptr<char, decltype(&std::free)> source(::realpath(argv[1], nullptr), &std::free);
  if (!source) {
    std::perror(argv[1]);
    return 1;
  }
  Files files(source.get());
  fuse_lowlevel_ops operations{};
  operations.lookup = lookup;
  operations.getattr = getattr;
  operations.readlink = readlink;
  operations.opendir = opendir;
  operations.readdir = readdir;
  operations.releasedir = releasedir;

  argv[1] = argv[0];
  fuse_args arguments = FUSE_ARGS_INIT(argc - 1, argv + 1);
  fuse_cmdline_opts options{};
  if (fuse_parse_cmdline(&arguments, &options) != 0 || options.mountpoint == nullptr) return 2;
  fuse_session* session = fuse_session_new(&arguments, &operations, sizeof operations, &files);
  int status = 1;
  if (session != nullptr && fuse_set_signal_handlers(session) == 0) {
    if (fuse_session_mount(session, options.mountpoint) == 0) {
      fuse_loop_config configuration{};
      configuration.clone_fd = 1;
      configuration.max_idle_threads = 64;
      status = fuse_session_loop_mt(session, &configuration) == 0 ? 0 : 1;
      fuse_session_unmount(session);
    }
    fuse_remove_signal_handlers(session);
  }
  if (session != nullptr) fuse_session_destroy(session);
  std::free(options.mountpoint);
  fuse_opt_free_args(&arguments);
  return status;
}
