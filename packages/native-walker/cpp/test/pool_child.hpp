#pragma once

#include <string>

namespace pwalk::test {

// In a child: walks beside walks that hang in what is called "stuck".
void walk_beside_what_hangs(const std::string& root);

}  // namespace pwalk::test
