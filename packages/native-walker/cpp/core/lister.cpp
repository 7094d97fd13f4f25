// What the caller of a walk does: he goes from directory to directory, and drops what is behind him.
#include "core/lister.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "core/mount_info.hpp"
#include "core/spinning_lock.hpp"

namespace pwalk {
namespace {

// What the threads may be late with.
constexpr size_t most_handed_back = 256;

// Looking where a link leads takes a microsecond or two.
constexpr size_t most_links_at_once = 64;

}  // namespace

std::shared_ptr<Lister> Lister::start(ListerOptions options, std::function<void()> wake) {
  // Whether something is to be mounted is the caller's decision.
  if (options.window > 0) options.rules.never_read_ahead = automount_names();
  auto lister = std::make_shared<Lister>(std::move(options), std::move(wake));
  const std::lock_guard lock(lister->pool_.mutex());
  lister->pool_.join(lister);
  return lister;
}

Lister::Lister(ListerOptions options, std::function<void()> wake)
    : options_(std::move(options)), wake_(std::move(wake)), pool_(ListingPool::shared()) {}

Lister::Step Lister::visit(size_t depth, std::string_view name, Wait wait) {
  left_behind_.clear();
  Lock lock = lock_spinning(pool_.mutex());
  if (cancelled_) return Step::closed;
  current_ = enter(depth, name);
  hand_back();
  return proceed(lock, wait);
}

Lister::Step Lister::resume() {
  Lock lock = lock_spinning(pool_.mutex());
  return cancelled_ ? Step::closed : proceed(lock, Wait::never);
}

PlannedRef Lister::enter(size_t depth, std::string_view name) {
  if (current_ && (entered_.empty() || entered_.back() != current_)) leave_behind(std::move(current_));
  while (entered_.size() > depth) {
    leave_behind(std::move(entered_.back()));
    entered_.pop_back();
  }
  if (entered_.empty()) return std::make_shared<PlannedDirectory>(options_.top, true);
  PlannedDirectory& parent = *entered_.back();
  if (PlannedRef child = expected_child(parent, name)) return child;
  auto made = std::make_shared<PlannedDirectory>(join_path(parent.path, std::string(name)), options_.enter_links);
  made->request.parent_dev = parent.listing.stamp.dev;
  made->request.parent_trust = parent.listing.trust;
  made->request.knows_parent = true;
  return made;
}

void Lister::leave_behind(PlannedRef directory) {
  drop(directory);
  left_behind_.push_back(std::move(directory));
}

// Memory is freed and allocated again fastest by the thread that had allocated it: by one that is at work now.
void Lister::hand_back() {
  if (busy_ == 0 || handed_back_.size() >= most_handed_back) return;
  std::ranges::move(left_behind_, std::back_inserter(handed_back_));
  left_behind_.clear();
}

// What was read ahead of that name; none when it was not.
PlannedRef Lister::expected_child(PlannedDirectory& parent, std::string_view name) {
  auto& children = parent.children;
  size_t at = parent.next_entered;
  if (at >= children.size() || children[at].name != name) {
    // Elsewhere: to a link, or to what the caller put there. There may be as many of these as children.
    if (parent.by_name.empty()) {
      for (size_t index = 0; index < children.size(); ++index) parent.by_name.emplace(children[index].name, index);
    }
    const auto found = parent.by_name.find(name);
    if (found == parent.by_name.end()) return {};
    at = found->second;
  }
  parent.next_entered = at + 1;
  children[at].taken = true;
  return std::move(children[at].directory);
}

// Where looks decide and cannot take long, they are taken on the caller's thread.
bool Lister::is_quick_to_validate(const Listing& listing, Wait wait) const {
  if (!listing.usable()) return false;
  return wait == Wait::block || (listing.trust == TimesTrust::local && listing.links.size() <= most_links_at_once);
}

Lister::Step Lister::proceed(Lock& lock, Wait wait) {
  for (;;) {
    PlannedDirectory& directory = *current_;
    awaited_ = false;
    switch (directory.state) {
      case State::expected:
        demand(lock, wait);
        break;
      case State::ready: {
        count_out(directory);
        Listing& listing = directory.listing;
        if (is_quick_to_validate(listing, wait)) {
          // Entered before the look, so that the lock is not needed again where it says yes: as it nearly always does.
          directory.state = State::delivered;
          entered_.push_back(current_);
          refill();
          lock.unlock();
          const StillTrue answer = is_still_true(listing, directory.path, directory.follow);
          const LinkLook look = wait == Wait::block ? LinkLook::waiting : LinkLook::cached;
          if (answer == StillTrue::yes && resolve_links(listing, directory.path, options_.rules, look)) return Step::listed;
          lock_spinning(lock);
          if (cancelled_) return Step::closed;
          entered_.pop_back();
          if (answer == StillTrue::is_link) {
            listing.is_link = true;
            return Step::is_link;
          }
          if (answer == StillTrue::no) listing.settled = false;
        }
        demand(lock, wait);
        break;
      }
      case State::delivered:
        refill();
        return settle();
      case State::reading:
      case State::delivering:
        awaited_ = true;
        overdue_.reset();
        refill();
        if (wait == Wait::never) return Step::pending;
        blocking_ = true;
        changed_.wait(lock, [&] { return cancelled_ || !awaited_; });
        blocking_ = false;
        break;
    }
    if (cancelled_) return Step::closed;
  }
}

void Lister::refill() {
  if (pool_.can_wake_one() && is_behind()) pool_.offer_work();
}

Lister::Step Lister::settle() {
  const Listing& listing = current_->listing;
  if (listing.is_link || listing.error != 0) return listing.is_link ? Step::is_link : Step::failed;
  entered_.push_back(current_);
  return Step::listed;
}

void Lister::demand(Lock& lock, Wait wait) {
  const PlannedRef directory = current_;
  directory->state = State::delivering;
  if (wait == Wait::never) {
    demanded_ = directory;
    pool_.offer_work();
    return;
  }
  ++busy_;
  lock.unlock();
  Outcome outcome = work(*directory);
  lock_spinning(lock);
  complete(*directory, std::move(outcome));
}

void Lister::replan(size_t depth, const std::vector<std::string>& names) {
  const Lock lock(pool_.mutex());
  if (cancelled_ || depth >= entered_.size()) return;
  PlannedDirectory& parent = *entered_[depth];
  if (parent.children.empty()) return;
  std::unordered_map<std::string_view, PlannedChild*> known;
  for (PlannedChild& child : parent.children) known.emplace(child.name, &child);
  std::vector<PlannedChild> children;
  children.reserve(names.size());
  for (const std::string& name : names) {
    const auto found = known.find(name);
    if (found == known.end()) continue;
    children.push_back({name, std::move(found->second->directory), found->second->taken});
    known.erase(found);
  }
  parent.by_name.clear();
  std::swap(parent.children, children);
  for (PlannedChild& dropped : children) {
    if (dropped.directory) drop(std::move(dropped.directory));
  }
  parent.next_planned = 0;
  parent.next_entered = 0;
  // Its own children first, then what is below those that were read already.
  unplan(parent);
  plan_before(plan_.begin(), parent);
  if (has_work()) pool_.offer_work();
}

void Lister::cancel() {
  bool was_awaited = false;
  {
    const Lock lock(pool_.mutex());
    if (cancelled_) return;
    cancelled_ = true;
    pool_.leave(*this);
    demanded_.reset();
    was_awaited = std::exchange(awaited_, false) && !blocking_;
    if (current_) drop(current_);
    while (!entered_.empty()) {
      drop(std::move(entered_.back()));
      entered_.pop_back();
    }
    changed_.notify_all();
  }
  if (was_awaited) wake();
}

bool Lister::wait_ended(std::chrono::steady_clock::time_point deadline) {
  Lock lock(pool_.mutex());
  return changed_.wait_until(lock, deadline, [&] { return busy_ == 0; });
}

ListerProgress Lister::progress() const {
  const std::lock_guard lock(pool_.mutex());
  return {ahead_, ahead_bytes_, busy_};
}

}  // namespace pwalk
