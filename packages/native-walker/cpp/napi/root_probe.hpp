#pragma once

#include <napi.h>

namespace pwalk {

// Looks at roots before a walk, on a thread of its own: one that is on a file system that hangs
// hangs that thread, and neither JavaScript nor libuv's pool, which the end of a process waits for.
//
// (roots: Uint8Array[]) => Promise<{ errno, dev, inode, btime }[]>; a promise that is never settled when a root
// never answers. It does not keep the event loop alive: wait for it with a timer.
Napi::Value probe_roots_async(const Napi::CallbackInfo& info);

}  // namespace pwalk
