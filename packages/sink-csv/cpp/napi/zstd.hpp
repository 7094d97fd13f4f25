#pragma once

#include <napi.h>

namespace pwalk::csv {

// class Zstd {
//   constructor(level);
//   bound(bytes): number;
//   // One call at a time.
//   compress(chunk, frame): Promise<number>;
// }
Napi::Function define_zstd(Napi::Env env);

}  // namespace pwalk::csv
