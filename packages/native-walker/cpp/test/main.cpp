#include "child_process.hpp"
#include "pwalk/check.hpp"

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--child") return pwalk::test::child_main(argv[2], argv[3]);
  return pwalk::check::run(argc, argv);
}
