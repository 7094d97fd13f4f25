#pragma once

#include <napi.h>

namespace pwalk::csv {

// class Rfc4180Encoder {
//   // `type`: the number of a CellType; `quoting`: that of a Quoting.
//   constructor({ columns: { type: number, words: string[] }[], delimiter: string, quoting: number, safe: boolean });
//   // `parts`: per column validity or null; values, codes, bits or offsets; bytes or null.
//   // Rejects with EBADMSG when they contradict each other.
//   encode(rows, parts, row, chunk): Promise<{ next, printed, altered, bytes }>;
// }
Napi::Function define_rfc4180_encoder(Napi::Env env);

}  // namespace pwalk::csv
