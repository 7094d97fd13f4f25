#pragma once

#include <malloc.h>

#include <napi.h>

namespace pwalk::napi {

// (): has the C library give large pieces of memory back to the system when they are freed, and threads share
// two arenas. By itself it keeps pieces of up to 32 MiB for later, once one as large was freed, in as many arenas
// as there are threads. For the whole process, and for good: JavaScript decides whether there is little memory.
inline Napi::Value keep_heap_small(const Napi::CallbackInfo& info) {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 64 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 128 << 10);
  ::mallopt(M_ARENA_MAX, 2);
#endif
  return info.Env().Undefined();
}

}  // namespace pwalk::napi
