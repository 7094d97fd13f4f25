#pragma once

#include <napi.h>

namespace pwalk::csv {

// class DeyEncoder {
//   constructor({ slashRoots: Uint8Array[], printedStates: Uint8Array });
//   // `parts`: per column of `Column` validity or null; values, codes or offsets; bytes or null.
//   // Rejects with EBADMSG when they contradict each other.
//   encode(rows, parts, row, chunk): Promise<{ next, printed, altered, bytes }>;
// }
Napi::Function define_dey_encoder(Napi::Env env);

}  // namespace pwalk::csv
