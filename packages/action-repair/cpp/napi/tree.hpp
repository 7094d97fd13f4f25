#pragma once

#include <napi.h>

namespace pwalk::repair {

// The class Tree: a root that changes are planned and made below. See src/addon.ts.
Napi::Function define_tree(Napi::Env env);

}  // namespace pwalk::repair
