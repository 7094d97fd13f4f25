#include "core/listing.hpp"

#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/cached_look.hpp"
#include "core/dirents.hpp"
#include "core/listing_loop.hpp"
#include "core/long_path.hpp"

namespace pwalk {
namespace {

constexpr size_t getdents_buffer = 64 << 10;

std::span<std::byte> buffer_of_thread() {
  thread_local const auto buffer = std::make_unique_for_overwrite<std::byte[]>(getdents_buffer);
  return {buffer.get(), getdents_buffer};
}

UniqueFd open_directory(const std::string& path, bool follow) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);
  // Only the owner and root may ask for O_NOATIME: of each directory anew, the next may be one's own.
  UniqueFd fd = open_path(path, flags | O_NOATIME);
  return fd.valid() || errno != EPERM ? std::move(fd) : open_path(path, flags);
}

uint8_t type_by_stat(int fd, const char* name) {
  struct stat got;
  if (::fstatat(fd, name, &got, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) return DT_REG;
  return S_ISDIR(got.st_mode) ? DT_DIR : S_ISLNK(got.st_mode) ? DT_LNK : DT_REG;
}

// Memory in which a thread collects names, used again for the next directory.
struct NameScratch {
  std::string directories;
  std::string others;

  static NameScratch& of_thread() {
    thread_local NameScratch scratch;
    return scratch;
  }
  // A huge directory does not keep its memory.
  void clear() {
    for (std::string* names : {&directories, &others}) {
      names->clear();
      if (names->capacity() > 1 << 20) names->shrink_to_fit();
    }
  }
};

// Collects the names of one listing, the directories apart from the rest.
class NameCollector {
 public:
  NameCollector(Listing& listing, const ListingRules& rules)
      : listing_(listing), rules_(rules), scratch_(NameScratch::of_thread()) {
    scratch_.clear();
  }

  void add(uint8_t type, std::string_view name) {
    if (type == DT_DIR) {
      if (!rules_.skip_names.empty() && rules_.skip_names.contains(std::string(name))) return;
      scratch_.directories.append(name).push_back('/');
      ++listing_.directory_count;
    } else if (type == DT_LNK) {
      listing_.links.push_back({std::string(name), scratch_.directories.size(), listing_.directory_count, scratch_.others.size()});
      link_bytes_ += name.size() + sizeof(UnresolvedLink);
    } else {
      scratch_.others.append(name).push_back('/');
    }
    ++listing_.entry_count;
  }

  size_t bytes() const { return scratch_.directories.size() + scratch_.others.size() + link_bytes_; }

  void finish() {
    const auto& [directories, others] = scratch_;
    listing_.directories_size = directories.size();
    listing_.names.reserve(directories.size() + others.size());
    listing_.names.append(directories).append(others);
  }

 private:
  Listing& listing_;
  const ListingRules& rules_;
  NameScratch& scratch_;
  size_t link_bytes_ = 0;
};

Listing failed(int error) {
  Listing listing;
  listing.error = error;
  return listing;
}

Listing abandoned() {
  Listing listing;
  listing.abandoned = true;
  return listing;
}

bool is_link(const std::string& path) {
  struct stat got;
  return stat_path(path, false, got) == 0 && S_ISLNK(got.st_mode);
}

Leads look_waiting(const std::string& path) {
  struct stat target;
  return stat_path(path, true, target) == 0 && S_ISDIR(target.st_mode) ? Leads::to_directory : Leads::elsewhere;
}

}  // namespace

Listing read_listing(const std::string& path, const ListingRules& rules, const ListingRequest& request,
                     const std::atomic<bool>& stop) {
  Listing listing;
  timespec begun{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &begun);
  const UniqueFd fd = open_directory(path, request.follow);
  if (!fd.valid()) {
    const int error = errno;
    // With O_DIRECTORY and O_NOFOLLOW a link is "not a directory".
    listing.is_link = !request.follow && (error == ENOTDIR || error == ELOOP) && is_link(path);
    listing.error = listing.is_link ? 0 : error;
    return listing;
  }
  struct stat self;
  if (::fstat(fd.get(), &self) != 0) return failed(errno);
  listing.stamp = DirectoryStamp::of(self);
  const bool same_file_system = request.knows_parent && request.parent_dev == listing.stamp.dev;
  listing.trust = same_file_system ? request.parent_trust : times_trust(fd.get());
  if (request.only_trusted && listing.trust == TimesTrust::unknown) return abandoned();
  listing.settled = is_settled(listing.stamp, begun, listing.trust);

  const std::span<std::byte> buffer = buffer_of_thread();
  NameCollector names(listing, rules);
  ListingLoop loop;
  for (;;) {
    if (stop.load(std::memory_order_relaxed) || names.bytes() > request.most_bytes) return abandoned();
    const ssize_t size = ::getdents64(fd.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    // Removed while it was open: nothing is in it any more, which is what readdir(3) makes of it.
    if (size == 0 || (size < 0 && errno == ENOENT)) break;
    if (size < 0) return failed(errno);
    if (loop.closes_with(buffer.first(static_cast<size_t>(size)))) return failed(ELOOP);
    DirentCursor cursor(buffer.first(static_cast<size_t>(size)));
    Dirent entry;
    while (cursor.next(entry)) {
      if (entry.is_dot() || entry.is_malformed()) continue;
      names.add(entry.type == DT_UNKNOWN ? type_by_stat(fd.get(), entry.name.data()) : entry.type, entry.name);
    }
  }
  names.finish();
  return listing;
}

bool resolve_links(Listing& listing, const std::string& path, const ListingRules& rules, LinkLook look) {
  if (listing.links.empty()) return true;
  std::vector<Leads> leads;
  leads.reserve(listing.links.size());
  for (const UnresolvedLink& link : listing.links) {
    const std::string target = join_path(path, link.name);
    leads.push_back(look == LinkLook::cached ? look_cached(target, listing.stamp.dev) : look_waiting(target));
    if (leads.back() == Leads::unknown) return false;
  }
  const std::string_view old_directories(listing.names.data(), listing.directories_size);
  const std::string_view old_files = std::string_view(listing.names).substr(listing.directories_size);
  std::string directories;
  std::string files;
  size_t directories_copied = 0;
  size_t files_copied = 0;
  uint32_t inserted = 0;
  for (size_t i = 0; i < leads.size(); ++i) {
    const UnresolvedLink& link = listing.links[i];
    if (leads[i] == Leads::to_directory) {
      if (rules.skip_names.contains(link.name)) {
        --listing.entry_count;
        continue;
      }
      directories += old_directories.substr(directories_copied, link.directories_offset - directories_copied);
      directories_copied = link.directories_offset;
      directories.append(link.name).push_back('/');
      listing.linked_directories.push_back(link.directories_index + inserted++);
    } else {
      files += old_files.substr(files_copied, link.files_offset - files_copied);
      files_copied = link.files_offset;
      files.append(link.name).push_back('/');
    }
  }
  directories += old_directories.substr(directories_copied);
  files += old_files.substr(files_copied);
  listing.links.clear();
  listing.directory_count += inserted;
  listing.directories_size = directories.size();
  listing.names = std::move(directories.append(files));
  return true;
}

StillTrue is_still_true(const Listing& listing, const std::string& path, bool follow) {
  struct stat now;
  if (stat_path(path, follow, now) != 0) return StillTrue::no;
  if (!follow && S_ISLNK(now.st_mode)) return StillTrue::is_link;
  const bool same = listing.usable() && listing.settled && DirectoryStamp::of(now) == listing.stamp;
  return same ? StillTrue::yes : StillTrue::no;
}

std::string join_path(const std::string& directory, const std::string& name) {
  if (name.starts_with('/') || directory.empty()) return name;
  std::string path;
  path.reserve(directory.size() + 1 + name.size());
  path += directory;
  if (!directory.ends_with('/')) path += '/';
  path += name;
  return path;
}

}  // namespace pwalk
