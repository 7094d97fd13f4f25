#include "core/exclude_rules.hpp"

#include <algorithm>

#include "core/glob.hpp"

namespace pwalk {
namespace {

constexpr std::string_view any_directories = "**";

}  // namespace

ExcludeRules::ExcludeRules(const std::vector<ExcludePattern>& patterns, const std::vector<std::string>& paths)
    : paths_(paths.begin(), paths.end()) {
  for (const ExcludePattern& pattern : patterns) {
    Rule rule{.segments = {}, .negated = pattern.negated, .directories_only = pattern.directories_only,
              .anchored = pattern.anchored, .any_depth = false};
    std::string_view rest = pattern.glob;
    for (size_t slash; pattern.anchored && (slash = rest.find('/')) != std::string_view::npos;) {
      rule.segments.emplace_back(rest.substr(0, slash));
      rest.remove_prefix(slash + 1);
    }
    rule.segments.emplace_back(rest);
    rule.any_depth = rule.anchored && std::ranges::find(rule.segments, any_directories) != rule.segments.end();
    needs_components_ = needs_components_ || rule.anchored;
    rules_.push_back(std::move(rule));
  }
  for (const std::string& path : paths_) names_.insert(path.substr(path.rfind('/') + 1));
}

bool ExcludeRules::excludes(const Directory& directory, const std::vector<std::string_view>& components, bool is_directory) const {
  const std::string_view name = components.back();
  if (!paths_.empty() && names_.contains(std::string(name)) && paths_.contains(path_of(directory, name))) return true;
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->directories_only && !is_directory) continue;
    if (rule->anchored ? matches(*rule, components) : glob_matches(rule->segments.front(), name)) return !rule->negated;
  }
  return false;
}

// Component by component; ** takes any number of them, at the end at least one. Going back to the
// last ** alone is enough: what an earlier one could take, the last could too.
bool ExcludeRules::matches(const Rule& rule, const std::vector<std::string_view>& components) {
  const std::vector<std::string>& segments = rule.segments;
  if (!rule.any_depth && segments.size() != components.size()) return false;
  constexpr size_t none = std::string_view::npos;
  size_t at = 0, read = 0, after_any = none, any_read = 0;
  while (read < components.size()) {
    if (at < segments.size() && segments[at] == any_directories) {
      after_any = ++at;
      any_read = read;
      if (at == segments.size()) return true;
    } else if (at < segments.size() && glob_matches(segments[at], components[read])) {
      ++at;
      ++read;
    } else if (after_any != none) {
      at = after_any;
      read = ++any_read;
    } else {
      return false;
    }
  }
  return at == segments.size();
}

bool Excluder::check(const DirectoryRef& directory, std::string_view name, bool is_directory) {
  if (!rules_.needs_components()) {
    components_.assign(1, name);
  } else {
    const auto depth = static_cast<size_t>(directory->depth + 1);
    if (at_.get() != directory.get()) {
      at_ = directory;
      components_.resize(depth + 1);
      for (const Directory* one = directory.get(); !one->is_root(); one = one->parent.get()) {
        components_[static_cast<size_t>(one->depth)] = one->name;
      }
    }
    components_[depth] = name;
  }
  return rules_.excludes(*directory, components_, is_directory);
}

}  // namespace pwalk
