#include "pwalk/check.hpp"
#include "pwalk/fuzz.hpp"

PWALK_TEST("every fuzz target stands its corpus, and mutations of it") {
  pwalk::fuzz::run_corpora("cpp/fuzz/corpus", 3000);
}
