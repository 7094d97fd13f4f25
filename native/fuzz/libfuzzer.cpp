// The fuzz targets of a package under libFuzzer; PWALK_FUZZ_TARGET names the one to run.
#include <cstdio>
#include <cstdlib>

#include "pwalk/fuzz.hpp"

namespace {

const pwalk::fuzz::Target& chosen() {
  const char* const name = std::getenv("PWALK_FUZZ_TARGET");
  for (const pwalk::fuzz::Target& target : pwalk::fuzz::targets()) {
    if (name != nullptr && std::string_view(name) == target.name) return target;
  }
  std::fprintf(stderr, "PWALK_FUZZ_TARGET is none of:");
  for (const pwalk::fuzz::Target& target : pwalk::fuzz::targets()) std::fprintf(stderr, " %s", target.name);
  std::fprintf(stderr, "\n");
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const pwalk::fuzz::Target& target = chosen();
  target.run(pwalk::fuzz::Input({reinterpret_cast<const char*>(bytes), size}));
  return 0;
}
