#include "core/tree_root.hpp"

#include <array>

#include "core/descent.hpp"
#include "core/features.hpp"
#include "pwalk/check.hpp"
#include "test/scratch_directory.hpp"

namespace pwalk::repair::test {
namespace {

Refusal refusal_of(const std::string& path, const Protection& protection = {}) {
  return TreeRoot(path, protection).refusal();
}

Protection system_protection() {
  Protection protection;
  protection.add_directory("/");
  for (const char* tree : {"/etc", "/usr", "/bin", "/no/such/place"}) protection.add_tree(tree);
  return protection;
}

PWALK_TEST("a root is a directory that no link leads to") {
  const ScratchDirectory place;
  place.directory("real/below");
  place.file("file", 0600);
  place.link("real", "link");
  CHECK(refusal_of(place.at("real")) == Refusal::none);
  CHECK(refusal_of(place.at("real/../real/./below/")) == Refusal::none);
  CHECK(refusal_of(place.at("link")) == Refusal::symbolic_link);
  CHECK(refusal_of(place.at("link/below")) == Refusal::symbolic_link);
  CHECK(refusal_of(place.at("file")) == Refusal::not_a_directory);
  CHECK(refusal_of(place.at("none")) == Refusal::unreachable);
  CHECK(refusal_of("/proc/self/root") == Refusal::symbolic_link);
}

PWALK_TEST("protected directories are known by what they are") {
  const Protection protection = system_protection();
  for (const char* path : {"/", "//", "/../", "/etc/..", "/etc/../etc", "/usr", "/usr/"}) {
    CHECK(refusal_of(path, protection) == Refusal::protected_directory);
  }
  CHECK(refusal_of("/usr/share", protection) == Refusal::inside_protected);
  const ScratchDirectory place;
  CHECK(refusal_of(place.path(), protection) == Refusal::none);
  place.directory("above/own/below");
  Protection own;
  own.add_tree(place.at("above/own"));
  CHECK(refusal_of(place.at("above"), own) == Refusal::above_protected);
  CHECK(refusal_of(place.at("above/own/below"), own) == Refusal::inside_protected);
}

PWALK_TEST("a protected directory ends the way to everything below it") {
  const ScratchDirectory place;
  place.directory("own/below");
  struct stat status {};
  CHECK_EQ(::stat(place.at("own").c_str(), &status), 0);
  Protection protection;
  protection.add_own({status.st_dev, status.st_ino});
  const TreeRoot root(place.path(), protection);
  CHECK(root.refusal() == Refusal::none);
  Descent descent(root);
  CHECK(descent.reach("own").status == Status::protect);
  CHECK(descent.reach("own/below").status == Status::protect);
  CHECK(descent.reach("").status == Status::ok);
}

std::string acl(std::initializer_list<std::array<uint32_t, 3>> entries) {
  std::string value("\2\0\0\0", 4);
  for (const auto& [tag, permissions, id] : entries) {
    const auto tag16 = static_cast<uint16_t>(tag);
    const auto permissions16 = static_cast<uint16_t>(permissions);
    value.append(reinterpret_cast<const char*>(&tag16), 2);
    value.append(reinterpret_cast<const char*>(&permissions16), 2);
    value.append(reinterpret_cast<const char*>(&id), 4);
  }
  return value;
}

PWALK_TEST("an access control list tells who gains by a wider mask") {
  constexpr uint32_t none = 0xFFFFFFFF;
  const std::string minimal = acl({{1, 6, none}, {4, 4, none}, {32, 0, none}});
  CHECK(!read_acl(minimal, 0660).extended);
  const std::string named = acl({{1, 6, none}, {2, 6, 1001}, {4, 4, none}, {16, 4, none}, {32, 0, none}});
  CHECK(read_acl(named, 0660).extended);
  CHECK_EQ(read_acl(named, 0660).widened, 1U);
  CHECK_EQ(read_acl(named, 0640).widened, 0U);
  CHECK(read_acl(named.substr(0, 10), 0660).extended);
  CHECK(!read_acl("", 0660).extended);
}

}  // namespace
}  // namespace pwalk::repair::test
