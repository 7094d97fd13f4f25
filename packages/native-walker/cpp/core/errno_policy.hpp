// What an errno means for the entry it was met at. The one table; everything else asks it.
#pragma once

#include <cerrno>

#include "core/vocabulary.hpp"

namespace pwalk {

// The entry was there when its directory was listed and is not any more: counted, no row.
constexpr bool is_vanished(int error) { return error == ENOENT || error == ENOTDIR; }

// The process, not the entry, is short of something: give back, wait, try again.
constexpr bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM;
}

// Opening a directory found something else in its place: look again what it is, never follow.
// ESTALE is what a remote file system says then, and what the identity check says.
constexpr bool is_raced(int error) {
  return error == ELOOP || error == ENOTDIR || error == ESTALE;
}

// Worth one more try before it is believed.
constexpr bool is_transient(int error) {
  return error == EINTR || error == EIO || error == ESTALE || error == EREMOTEIO;
}

// The state of a row whose call failed.
constexpr EntryState state_of(int error) {
  return error == EACCES || error == EPERM ? EntryState::denied : EntryState::error;
}

}  // namespace pwalk
