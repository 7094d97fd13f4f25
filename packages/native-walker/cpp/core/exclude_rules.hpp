#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/directory.hpp"

namespace pwalk {

// One line of a gitignore file, taken apart.
struct ExcludePattern {
  std::string glob;             // without the leading !, and slashes at either end
  bool negated = false;         // takes back what patterns before it exclude
  bool directories_only = false;
  bool anchored = false;        // matched against the path below the root; else against the name
};

// What a walk leaves out: patterns of which the last that matches decides, and exact paths.
// Immutable, shared by all threads.
class ExcludeRules {
 public:
  // `paths` as they would be in the `path` column.
  ExcludeRules(const std::vector<ExcludePattern>& patterns, const std::vector<std::string>& paths);

  bool empty() const { return rules_.empty() && paths_.empty(); }
  // Of an entry of `directory`; `components` are those of its path below the root.
  bool excludes(const Directory& directory, const std::vector<std::string_view>& components, bool is_directory) const;
  // Some pattern looks at more than the name.
  bool needs_components() const { return needs_components_; }

 private:
  struct Rule {
    std::vector<std::string> segments;  // one, and of the name, where not anchored
    bool negated;
    bool directories_only;
    bool anchored;
    bool any_depth;  // some segment is **
  };

  static bool matches(const Rule& rule, const std::vector<std::string_view>& components);

  std::vector<Rule> rules_;
  std::unordered_set<std::string> paths_;
  std::unordered_set<std::string> names_;  // the last components of `paths_`: whose path is worth making
  bool needs_components_ = false;
};

// The rules at work on the entries of one directory after the other. One per worker.
class Excluder {
 public:
  explicit Excluder(const ExcludeRules& rules) : rules_(rules), idle_(rules.empty()) {}

  bool excludes(const DirectoryRef& directory, std::string_view name, bool is_directory) {
    return !idle_ && check(directory, name, is_directory);
  }

 private:
  bool check(const DirectoryRef& directory, std::string_view name, bool is_directory);

  const ExcludeRules& rules_;
  const bool idle_;
  DirectoryRef at_;  // keeps what `components_` points into
  std::vector<std::string_view> components_;
};

}  // namespace pwalk
