// What the threads of a walk do: they take directories, list them, and plan what is read next.
#include "core/lister.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace pwalk {
namespace {

// What a directory in the window takes beside its names and its path.
constexpr size_t directory_overhead = sizeof(PlannedDirectory) + 64;

// Waking the caller takes as long as listing a directory: he is woken when there are some for him, or
// when he has waited long enough.
constexpr size_t worth_waking = 32;
constexpr auto longest_hold = std::chrono::microseconds(500);

}  // namespace

size_t Lister::room_for_next() const { return options_.window - options_.window * busy_ / (2 * options_.threads); }

bool Lister::has_work() const {
  if (cancelled_ || busy_ >= options_.threads) return false;
  if (demanded_) return true;
  return window_is_open() && std::any_of(plan_.begin(), plan_.end(), [](const PlannedDirectory* directory) {
    return directory->state != State::reading;
  });
}

PlannedRef Lister::take() {
  if (cancelled_ || busy_ >= options_.threads) return {};
  if (demanded_) {
    ++busy_;
    return std::exchange(demanded_, {});
  }
  if (!window_is_open()) return {};
  for (auto place = plan_.begin(); place != plan_.end();) {
    PlannedDirectory& parent = **place;
    if (parent.state == State::reading) {
      ++place;
      continue;
    }
    auto& children = parent.children;
    while (parent.next_planned < children.size() && children[parent.next_planned].taken) ++parent.next_planned;
    if (parent.next_planned == children.size()) {
      ++place;
      unplan(parent);
      continue;
    }
    PlannedChild& child = children[parent.next_planned++];
    child.taken = true;
    child.directory = std::make_shared<PlannedDirectory>(join_path(parent.path, child.name), options_.enter_links);
    PlannedDirectory& made = *child.directory;
    made.state = State::reading;
    // Links are never read ahead: whatever is one now was a directory when its parent was listed.
    made.request = {.follow = false,
                    .most_bytes = options_.window_bytes,
                    .parent_dev = parent.listing.stamp.dev,
                    .parent_trust = parent.listing.trust,
                    .knows_parent = true,
                    .only_trusted = !options_.trust_all};
    plan_before(place, made);
    if (parent.next_planned == children.size()) unplan(parent);
    count_in(made, directory_overhead + made.path.size());
    ++busy_;
    return child.directory;
  }
  return {};
}

Lister::Outcome Lister::work(PlannedDirectory& directory) const {
  try {
    return attempt(directory);
  } catch (const std::bad_alloc&) {
    Outcome failed;
    failed.listing.error = ENOMEM;
    failed.replaced = true;
    return failed;
  }
}

Lister::Outcome Lister::attempt(PlannedDirectory& directory) const {
  Outcome outcome;
  if (directory.state == State::reading) {
    outcome.listing = read_listing(directory.path, options_.rules, directory.request, directory.stop);
    outcome.children = children_of(outcome.listing);
    outcome.replaced = true;
    return outcome;
  }
  if (directory.listing.usable() && directory.listing.settled) {
    const StillTrue answer = is_still_true(directory.listing, directory.path, directory.follow);
    if (answer == StillTrue::yes) resolve_links(directory.listing, directory.path, options_.rules, LinkLook::waiting);
    directory.listing.is_link = answer == StillTrue::is_link;
    if (answer != StillTrue::no) return outcome;
  }
  ListingRequest request = directory.request;
  request.follow = directory.follow;
  request.most_bytes = SIZE_MAX;
  request.only_trusted = false;
  outcome.listing = read_listing(directory.path, options_.rules, request, directory.stop);
  outcome.children = children_of(outcome.listing);
  outcome.replaced = true;
  resolve_links(outcome.listing, directory.path, options_.rules, LinkLook::waiting);
  return outcome;
}

bool Lister::complete(PlannedDirectory& directory, Outcome outcome) {
  if (--busy_ == 0) changed_.notify_all();
  if (directory.stop) return wakes_by_callback();
  if (outcome.replaced) {
    drop_children(directory);
    directory.listing = std::move(outcome.listing);
    directory.children = std::move(outcome.children);
  }
  if (directory.state == State::reading) {
    directory.state = State::ready;
    ++ready_;
    if (directory.children.empty()) unplan(directory);
    const size_t bytes = directory.listing.names.size() + directory.children.size() * sizeof(PlannedChild);
    ahead_bytes_ += bytes;
    directory.window_bytes += bytes;
  } else {
    directory.state = State::delivered;
    if (!directory.children.empty() && !directory.in_plan) plan_before(plan_.begin(), directory);
  }
  return wakes_by_callback();
}

bool Lister::wakes_by_callback() {
  if (!is_time_to_wake()) return false;
  if (blocking_) changed_.notify_all();
  return !blocking_;
}

bool Lister::is_time_to_wake() {
  if (!awaited_) return false;
  const State state = current_->state;
  if (state != State::ready && state != State::delivered) return false;
  // Where calls are quick, and another thread will be here soon.
  if (state == State::ready && current_->listing.trust == TimesTrust::local && ready_ < worth_waking && busy_ > 0) {
    const auto now = std::chrono::steady_clock::now();
    if (!overdue_) overdue_ = now + longest_hold;
    if (now < *overdue_) return false;
  }
  awaited_ = false;
  overdue_.reset();
  return true;
}

std::vector<PlannedChild> Lister::children_of(const Listing& listing) const {
  std::vector<PlannedChild> children;
  if (!listing.usable() || !reads_ahead(listing)) return children;
  children.reserve(listing.directory_count);
  std::string_view names(listing.names.data(), listing.directories_size);
  while (!names.empty()) {
    const size_t end = names.find('/');
    PlannedChild& child = children.emplace_back(PlannedChild{std::string(names.substr(0, end)), {}, false});
    const NameSet& never = options_.rules.never_read_ahead;
    child.taken = !never.empty() && never.contains(child.name);
    names.remove_prefix(end + 1);
  }
  return children;
}

bool Lister::reads_ahead(const Listing& listing) const {
  return options_.window > 0 && (options_.trust_all || listing.trust != TimesTrust::unknown);
}

void Lister::count_in(PlannedDirectory& directory, size_t bytes) {
  directory.in_window = true;
  directory.window_bytes = bytes;
  ahead_bytes_ += bytes;
  ++ahead_;
}

void Lister::count_out(PlannedDirectory& directory) {
  if (!directory.in_window) return;
  directory.in_window = false;
  if (directory.state == State::ready) --ready_;
  ahead_bytes_ -= std::exchange(directory.window_bytes, 0);
  --ahead_;
}

void Lister::plan_before(ReadingPlan::iterator place, PlannedDirectory& directory) {
  directory.place = plan_.insert(place, &directory);
  directory.in_plan = true;
}

void Lister::unplan(PlannedDirectory& directory) {
  if (std::exchange(directory.in_plan, false)) plan_.erase(directory.place);
}

void Lister::drop(PlannedRef directory) {
  directory->stop = true;
  unplan(*directory);
  count_out(*directory);
  drop_children(*directory);
}

// With a list of its own instead of recursion: a window may be ten thousand directories deep.
void Lister::drop_children(PlannedDirectory& top) {
  std::vector<PlannedRef> open;
  const auto open_children = [&open](PlannedDirectory& directory) {
    for (PlannedChild& child : directory.children) {
      if (child.directory) open.push_back(std::move(child.directory));
    }
    directory.by_name.clear();
    directory.children.clear();
    directory.next_planned = 0;
    directory.next_entered = 0;
  };
  open_children(top);
  while (!open.empty()) {
    const PlannedRef directory = std::move(open.back());
    open.pop_back();
    directory->stop = true;
    unplan(*directory);
    count_out(*directory);
    open_children(*directory);
  }
}

}  // namespace pwalk
