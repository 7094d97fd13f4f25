// A unit test harness for plain executables, small enough to run under every sanitizer.
//
//   PWALK_TEST("a rule, as a sentence") { CHECK(1 + 1 == 2); CHECK_EQ(f(x), 3); }
//   int main(int argc, char** argv) { return pwalk::check::run(argc, argv); }
//
// Prints a line per failed check and, last, "N passed, N failed" (tests, not checks). Arguments
// select the tests whose names contain one of them.
#pragma once

#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace pwalk::check {

struct Test {
  const char* name;
  void (*body)();
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

inline bool& failed() {
  static bool flag = false;
  return flag;
}

struct Register {
  Register(const char* name, void (*body)()) { tests().push_back({name, body}); }
};

inline void fail(const char* file, int line, const std::string& what) {
  failed() = true;
  std::fprintf(stderr, "  %s:%d: %s\n", file, line, what.c_str());
}

template <class A, class B>
void check_equal(const A& a, const B& b, const char* file, int line, const char* text) {
  if (a == b) return;
  std::ostringstream out;
  out << text << ": " << a << " is not " << b;
  fail(file, line, out.str());
}

inline int run(int argc, char** argv) {
  int passed = 0;
  int bad = 0;
  for (const Test& test : tests()) {
    bool chosen = argc < 2;
    for (int i = 1; i < argc; ++i) chosen = chosen || std::strstr(test.name, argv[i]) != nullptr;
    if (!chosen) continue;
    failed() = false;
    try {
      test.body();
    } catch (const std::exception& error) {
      fail("exception", 0, error.what());
    }
    if (failed()) {
      ++bad;
      std::fprintf(stderr, "FAILED: %s\n", test.name);
    } else {
      ++passed;
    }
  }
  std::printf("%d passed, %d failed\n", passed, bad);
  return bad == 0 ? 0 : 1;
}

}  // namespace pwalk::check

#define PWALK_CONCAT2(a, b) a##b
#define PWALK_CONCAT(a, b) PWALK_CONCAT2(a, b)
#define PWALK_TEST(name)                                                            \
  static void PWALK_CONCAT(pwalk_test_, __LINE__)();                                \
  static const pwalk::check::Register PWALK_CONCAT(pwalk_register_, __LINE__){      \
      name, &PWALK_CONCAT(pwalk_test_, __LINE__)};                                  \
  static void PWALK_CONCAT(pwalk_test_, __LINE__)()
#define CHECK(condition)                                                            \
  do {                                                                              \
    if (!(condition)) pwalk::check::fail(__FILE__, __LINE__, #condition);           \
  } while (false)
#define CHECK_EQ(a, b) pwalk::check::check_equal((a), (b), __FILE__, __LINE__, #a " == " #b)
