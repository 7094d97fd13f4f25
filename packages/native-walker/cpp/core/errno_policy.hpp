// What an errno means for the entry it was met at, by the call that gave it. The one table; whoever
// makes a call asks it and nobody compares errnos by himself.
#pragma once

#include <array>
#include <cerrno>

#include "core/vocabulary.hpp"

namespace pwalk {

enum class Action : uint8_t {
  row,         // a row with the errno; the walk goes on
  vanished,    // not there any more: counted, no row. For a listing: it is over
  look_again,  // something else is in its place: stat it through its parent, never follow
  again,       // may pass: once more at once, then a row
  reopen,      // the handle went bad: open anew through the parent if nothing was listed yet, else a row
  wait,        // may pass in a while: three times more with growing pauses, then a row
  give_back,   // the process is short of it, not the entry: give back, wait for others, try again
  degrade,     // a row, and the mount is asked for nothing more
};

struct ErrnoRule {
  int error;
  EntryState state;  // of the row, where there is one; a listing that broke off is `incomplete`
  Action stat;
  Action open;
  Action read;
  bool unexpected = false;  // cannot happen by the way calls are made: worth a report when it does
};

inline constexpr std::array errno_rules = {
    // error        state                stat              open                read
    ErrnoRule{ENOENT, EntryState::error, Action::vanished, Action::vanished, Action::vanished},
    ErrnoRule{ENOTDIR, EntryState::error, Action::vanished, Action::look_again, Action::row},
    ErrnoRule{ELOOP, EntryState::error, Action::row, Action::look_again, Action::row},
    ErrnoRule{EACCES, EntryState::denied, Action::row, Action::row, Action::row},
    ErrnoRule{EPERM, EntryState::denied, Action::row, Action::row, Action::row},
    // From a server that forgot the handle, and from our own comparison of identities.
    ErrnoRule{ESTALE, EntryState::error, Action::wait, Action::look_again, Action::reopen},
    ErrnoRule{EINTR, EntryState::error, Action::again, Action::again, Action::again},
    ErrnoRule{EAGAIN, EntryState::error, Action::again, Action::again, Action::again},
    ErrnoRule{EIO, EntryState::error, Action::again, Action::again, Action::again},
    ErrnoRule{EREMOTEIO, EntryState::error, Action::again, Action::again, Action::again},
    ErrnoRule{EUCLEAN, EntryState::error, Action::again, Action::again, Action::again},
    ErrnoRule{EBADMSG, EntryState::error, Action::again, Action::again, Action::again},
    ErrnoRule{ETIMEDOUT, EntryState::error, Action::degrade, Action::degrade, Action::degrade},
    ErrnoRule{ENOTCONN, EntryState::error, Action::degrade, Action::degrade, Action::degrade},
    ErrnoRule{ESHUTDOWN, EntryState::error, Action::degrade, Action::degrade, Action::degrade},
    ErrnoRule{EHOSTDOWN, EntryState::error, Action::degrade, Action::degrade, Action::degrade},
    ErrnoRule{EHOSTUNREACH, EntryState::error, Action::degrade, Action::degrade, Action::degrade},
    ErrnoRule{ENODEV, EntryState::error, Action::degrade, Action::degrade, Action::degrade},
    ErrnoRule{ENOMEM, EntryState::error, Action::wait, Action::give_back, Action::wait},
    ErrnoRule{EMFILE, EntryState::error, Action::row, Action::give_back, Action::row},
    ErrnoRule{ENFILE, EntryState::error, Action::row, Action::give_back, Action::row},
    // Names go one component at a time, and the 64-bit calls are used.
    ErrnoRule{ENAMETOOLONG, EntryState::error, Action::row, Action::row, Action::row, true},
    ErrnoRule{EOVERFLOW, EntryState::error, Action::row, Action::row, Action::row, true},
};

constexpr ErrnoRule rule_of(int error) {
  for (const ErrnoRule& rule : errno_rules) {
    if (rule.error == error) return rule;
  }
  return {error, EntryState::error, Action::row, Action::row, Action::row};
}

constexpr Action action_of(int error, Operation operation) {
  const ErrnoRule rule = rule_of(error);
  switch (operation) {
    case Operation::open: return rule.open;
    case Operation::read: return rule.read;
    default: return rule.stat;
  }
}

// The state of a row whose call failed.
constexpr EntryState state_of(int error) { return rule_of(error).state; }

// Following a symbolic link leads nowhere: it is the link that is reported then, and no error.
constexpr bool is_broken_link(int error) { return error == ENOENT || error == ENOTDIR || error == ELOOP; }

// The kernel does not have a newer call, or a filter forbids it: use the older one, for good. Asked
// once, before the walk; an EPERM met later is the entry's.
constexpr bool is_call_missing(int error) { return error == ENOSYS || error == EPERM || error == EINVAL; }

}  // namespace pwalk
