#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/directory_times.hpp"

namespace pwalk {

// A symbolic link in a listing, before anybody looked where it leads.
struct UnresolvedLink {
  std::string name;
  size_t directories_offset;  // where its name and '/' would be inserted among the directories …
  uint32_t directories_index;
  size_t files_offset;  // … or among the rest
};

// The names in one directory, in the order in which the kernel gave them.
//
// `names` holds each name followed by '/', which no name contains: first those of the directories,
// `directories_size` bytes, then all others. Links are apart until resolve_links() sorts them in.
struct Listing {
  int error = 0;           // an errno: there is no listing
  bool is_link = false;    // the path is a symbolic link, and those are not entered
  bool abandoned = false;  // stopped, or larger than was allowed: try again when it is needed

  std::string names;
  size_t directories_size = 0;
  uint32_t directory_count = 0;
  uint32_t entry_count = 0;
  std::vector<UnresolvedLink> links;
  std::vector<uint32_t> linked_directories;  // indices of those directories that are links

  DirectoryStamp stamp;
  TimesTrust trust = TimesTrust::unknown;
  bool settled = false;  // see is_settled()

  bool usable() const { return error == 0 && !is_link && !abandoned; }
};

using NameSet = std::unordered_set<std::string>;

// What stays the same for all listings of a walk. Immutable.
struct ListingRules {
  NameSet skip_names;        // directories of these names are left out
  NameSet never_read_ahead;  // directories of these names are read when they are entered only
};

struct ListingRequest {
  bool follow = true;            // enter the path also when it is a symbolic link
  size_t most_bytes = SIZE_MAX;  // of names; beyond that the listing is abandoned
  uint64_t parent_dev = 0;       // file system of the directory above and what is known of it,
  TimesTrust parent_trust = TimesTrust::unknown;  // so that it is asked for at mount points only
  bool knows_parent = false;
  bool only_trusted = false;  // abandon it where a change need not show in the directory's times
};

// Lists a directory: names and types only, no stat but where the file system keeps no types. Checks
// `stop` between calls to the kernel.
Listing read_listing(const std::string& path, const ListingRules& rules, const ListingRequest& request,
                     const std::atomic<bool>& stop);

// How links are looked at: `cached` only as far as the kernel knows where they lead, without waiting.
enum class LinkLook : uint8_t { cached, waiting };

// Finds out which links lead to directories, and sorts all of them in. False when `cached` did not tell of all:
// then the listing is as it was.
bool resolve_links(Listing& listing, const std::string& path, const ListingRules& rules, LinkLook look);

enum class StillTrue : uint8_t { yes, no, is_link };

// Whether a listing made earlier is what listing the path now would give: the path leads to the same
// directory, which has not changed. Asks the file system, not what the client has cached.
StillTrue is_still_true(const Listing& listing, const std::string& path, bool follow);

// A name in a directory as a path, as os.path.join makes it: an absolute name stands for itself.
std::string join_path(const std::string& directory, const std::string& name);

}  // namespace pwalk
