#include <csignal>

#include "pwalk/check.hpp"

int main(int argc, char** argv) {
  // As in Node: a reader that is gone is an errno, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  return pwalk::check::run(argc, argv);
}
