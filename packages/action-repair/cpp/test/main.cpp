#include "pwalk/check.hpp"

int main(int argc, char** argv) { return pwalk::check::run(argc, argv); }
