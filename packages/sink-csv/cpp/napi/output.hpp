#pragma once

#include <napi.h>

namespace pwalk::csv {

// class Output {
//   constructor(fd);
//   // Writes a part of it, perhaps nothing, within FdOutput::patience where a reader has to be waited
//   // for; resolves with how much. Rejects with an errno.
//   write(bytes): Promise<number>;
//   // Gives up its duplicate of the descriptor, so that the reader of a pipe sees its end.
//   close(): void;
// }
Napi::Function define_output(Napi::Env env);

}  // namespace pwalk::csv
