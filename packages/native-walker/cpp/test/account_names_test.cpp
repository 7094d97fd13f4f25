#include <thread>
#include <vector>

#include "core/account_names.hpp"
#include "pwalk/check.hpp"
#include "scanned_rows.hpp"
#include "scratch_tree.hpp"

using namespace pwalk;
using namespace pwalk::test;

PWALK_TEST("a number is asked for once, and its name stays the same") {
  AccountNames users(AccountNames::Kind::user);
  AccountNames groups(AccountNames::Kind::group);
  const std::string* root = users.find(0);
  CHECK(root != nullptr && *root == "root");
  CHECK(users.find(0) == root);
  CHECK(groups.find(0) != nullptr);
  CHECK(users.find(3'999'999'999) == nullptr && users.find(3'999'999'999) == nullptr);
  CHECK(groups.find(3'999'999'999) == nullptr);
}

PWALK_TEST("threads that ask for the same number at once get the same name") {
  AccountNames users(AccountNames::Kind::user);
  std::vector<const std::string*> found(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&users, &found, i] {
      for (uint32_t id = 0; id < 64; ++id) users.find((id + static_cast<uint32_t>(i)) % 64);
      found[i] = users.find(0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string* name : found) CHECK(name == found[0] && name != nullptr);
}

PWALK_TEST("names are in the rows of whoever was statted") {
  const ScratchTree tree;
  tree.file("file");
  tree.symlink("nowhere", "link");
  const Scan result = scan(tree.path());
  CHECK_EQ(result.rows.size(), 3U);
  for (const ScannedRow& row : result.rows) CHECK(row.owner.has_value() && row.group.has_value());
}
