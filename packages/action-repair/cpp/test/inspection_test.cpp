#include <sys/xattr.h>
#include <unistd.h>

#include <string>

#include "core/features.hpp"
#include "core/job.hpp"
#include "pwalk/check.hpp"
#include "test/inspecting.hpp"

namespace pwalk::repair::test {
namespace {

PWALK_TEST("an entry inherits the group of the nearest trusted directory above, inside the root") {
  if (::geteuid() != 0) return;
  const ScratchDirectory place;
  const auto directory = [&](const std::string& name, uid_t uid, gid_t gid) {
    place.directory(name);
    CHECK_EQ(::chown(place.at(name).c_str(), uid, gid), 0);
  };
  directory(".", 0, 4242);
  directory("root_group", 0, 0);
  directory("private", 65533, 65533);
  directory("users", 65533, 5151);
  directory("listed", 0, 7777);
  directory("trusted", 0, 5252);
  directory("trusted/users", 65533, 5151);
  const TreeRoot root(place.path(), Protection());
  const Inheritance inheritance{{0}, {7777}};
  const auto inherited = [&](const std::string& path) {
    Descent descent(root);
    CHECK(descent.approach(path, Descent::Last::looked_at).status == Status::ok);
    return inheritance.group_for(descent);
  };
  for (const std::string path : {"f", "root_group/f", "private/f", "users/f", "listed/f"}) {
    CHECK_EQ(inherited(path), 4242U);
  }
  CHECK_EQ(inherited("trusted/f"), 5252U);
  CHECK_EQ(inherited("trusted/users/f"), 5252U);
  // The root has nothing above it that counts.
  CHECK_EQ(inherited(""), 0U);
  const TreeRoot inner(place.at("users"), Protection());
  Descent descent(inner);
  CHECK(descent.approach("f", Descent::Last::looked_at).status == Status::ok);
  CHECK_EQ(inheritance.group_for(descent), 0U);
}

PWALK_TEST("what awaits the group it has already is not looked at") {
  if (::geteuid() != 0) return;
  const ScratchDirectory place;
  CHECK_EQ(::chown(place.path().c_str(), 0, 4242), 0);
  place.file("f", 0640);
  CHECK_EQ(::chown(place.at("f").c_str(), 0, 4242), 0);
  Records records;
  records.add(place, "f", 0640);
  records.add(place, "f", 0660);
  records.add(place, "f", 0640);
  records.check(0, awaits_group);
  records.check(1, awaits_group);
  CHECK_EQ(::unlink(place.at("f").c_str()), 0);
  const TreeRoot root(place.path(), Protection());
  Batch batch(records);
  CHECK(batch.inspect(root, 1, {{0}, {}}));
  CHECK_EQ(batch.outcome(0), Outcome::already);
  // Rights are wanted, too; or it was decided without.
  for (const size_t looked_at : {1, 2}) {
    CHECK_EQ(batch.outcome(looked_at), Outcome::recorded);
    CHECK_EQ(batch.made(looked_at).load().status, static_cast<uint32_t>(Status::vanished));
  }
  CHECK_EQ(batch.made(1).load().handed_on, 4242U);
}

PWALK_TEST("a file that awaits a group where there is none gets no record; a directory, and what failed, does") {
  if (::geteuid() != 0) return;
  const ScratchDirectory place;
  CHECK_EQ(::chown(place.path().c_str(), 0, 0), 0);
  place.directory("d");
  place.file("d/f", 0640);
  place.file("d/named", 0640);
  Records records;
  for (const char* name : {"d/f", "d", "d/named", "d/f"}) records.add(place, name, 02660);
  for (const size_t awaiting : {0, 1, 3}) records.check(awaiting, awaits_group);
  const TreeRoot root(place.path(), Protection());
  Batch batch(records);
  CHECK(batch.inspect(root, 2, {{0}, {}}));
  CHECK_EQ(batch.outcome(0), Outcome::no_group);
  CHECK_EQ(batch.outcome(1), Outcome::recorded);
  CHECK_EQ(batch.outcome(2), Outcome::recorded);
  CHECK_EQ(batch.outcome(3), Outcome::no_group);
  CHECK_EQ(batch.made(2).first_name(), std::string_view("d/named"));
  CHECK_EQ(batch.made(2).load().status, static_cast<uint32_t>(Status::ok));
  CHECK(batch.made(2).load().ctime_ns != 0);
  // Where its directory cannot be entered, nothing is known of the group either.
  CHECK_EQ(::rename(place.at("d").c_str(), place.at("away").c_str()), 0);
  Batch late(records);
  CHECK(late.inspect(root, 1, {{0}, {}}));
  CHECK_EQ(late.outcome(0), Outcome::recorded);
  CHECK_EQ(late.made(0).load().status, static_cast<uint32_t>(Status::vanished));
}

PWALK_TEST("neighbours of which the rules say the same are one nominee, whatever directories they are in") {
  if (::geteuid() != 0) return;
  const ScratchDirectory place;
  const auto give = [&](const std::string& name, gid_t gid) { CHECK_EQ(::chown(place.at(name).c_str(), 0, gid), 0); };
  give(".", 0);
  place.directory("bare");
  place.directory("good");
  place.directory("good/inner");
  give("good", 4242);
  Records records;
  for (const char* name : {"bare/a", "bare/b", "good/a", "gone", "good/inner/a", "good/inner/longer", "bare/c"}) {
    place.file(name, 0640);
    records.add(place, name, 0640);
  }
  records.check(0, awaits_group);
  CHECK_EQ(::unlink(place.at("gone").c_str()), 0);
  CHECK_EQ(::unlink(place.at("good/inner/a").c_str()), 0);
  const TreeRoot root(place.path(), Protection());
  Batch batch(records);
  batch.join();
  CHECK(batch.inspect(root, 2, {{0}, {}}));
  CHECK_EQ(batch[0].pending, 0U);
  // Whether it is there does not matter where there is no group.
  CHECK_EQ(batch[0].no_group, 4U);
  CHECK_EQ(batch[0].outside, 0U);
  const std::vector<RecordAt> made = batch.all_made(0);
  CHECK_EQ(made.size(), 3U);
  const auto is = [&](size_t at, std::string_view name, Status status) {
    CHECK_EQ(made[at].first_name(), name);
    CHECK_EQ(made[at].load().status, static_cast<uint32_t>(status));
    CHECK_EQ(made[at].load().handed_on, 4242U);
  };
  is(0, "good/a", Status::ok);
  is(1, "good/inner/a", Status::vanished);
  is(2, "good/inner/longer", Status::ok);
}

PWALK_TEST("a directory that is looked at, or opened, must be one, of this mount, and not protected") {
  const ScratchDirectory place;
  place.directory("d");
  place.directory("own");
  for (const char* name : {"d/f", "own/f"}) place.file(name, 0640);
  place.link("d", "link");
  InodeStatus own;
  CHECK_EQ(status_at(AT_FDCWD, place.at("own").c_str(), own), 0);
  Protection protection;
  protection.add_own(own.identity);
  const TreeRoot root(place.path(), std::move(protection));
  for (const Descent::Last last : {Descent::Last::looked_at, Descent::Last::open}) {
    Descent descent(root);
    CHECK(descent.approach("d/f", last).status == Status::ok);
    CHECK(descent.approach("link/f", last).status == Status::vanished);
    CHECK(descent.approach("d/f/g", last).status == Status::vanished);
    CHECK(descent.approach("own/f", last).status == Status::protect);
  }
  // What was looked at is opened where it must be, and then stays so.
  Descent descent(root);
  CHECK(descent.approach("d/f", Descent::Last::looked_at).status == Status::ok);
  CHECK(descent.glance("d/f").status == Status::ok);
  const int directory = descent.directory();
  CHECK(directory != root.fd());
  CHECK(descent.approach("d/f", Descent::Last::looked_at).status == Status::ok);
  CHECK_EQ(descent.directory(), directory);
}

PWALK_TEST("where another takes the place of a directory that was looked at, entries are of the other in all, and of a link none") {
  const ScratchDirectory place;
  place.directory("d");
  place.directory("other");
  for (const char* name : {"d/a", "other/a"}) place.file(name, 0640);
  InodeStatus other;
  InodeStatus others;
  CHECK_EQ(status_at(AT_FDCWD, place.at("other").c_str(), other), 0);
  CHECK_EQ(status_at(AT_FDCWD, place.at("other/a").c_str(), others), 0);
  const TreeRoot root(place.path(), Protection());
  const auto any = [](const InodeStatus&) { return true; };

  Descent descent(root);
  CHECK(descent.approach("d/a", Descent::Last::looked_at).status == Status::ok);
  CHECK(!(descent.nearest_above(any)->identity == other.identity));
  CHECK_EQ(::rename(place.at("d").c_str(), place.at("away").c_str()), 0);
  CHECK_EQ(::rename(place.at("other").c_str(), place.at("d").c_str()), 0);
  const uint64_t before = descent.directories();
  CHECK(descent.glance("d/a").inode.identity == others.identity);
  CHECK(descent.nearest_above(any)->identity == other.identity);
  CHECK(descent.directories() != before);

  Descent astray(root);
  CHECK(astray.approach("d/a", Descent::Last::looked_at).status == Status::ok);
  CHECK_EQ(::rename(place.at("d").c_str(), place.at("other").c_str()), 0);
  place.link("other", "d");
  CHECK(astray.glance("d/a").status == Status::vanished);
}

PWALK_TEST("a directory that awaits a group where there is none gets no record unless it is to get setgid, or is protected") {
  if (::geteuid() != 0) return;
  const ScratchDirectory place;
  CHECK_EQ(::chown(place.path().c_str(), 0, 0), 0);
  for (const char* name : {"plain", "setgid", "has_setgid", "own"}) place.directory(name);
  CHECK_EQ(::chmod(place.at("has_setgid").c_str(), 02755), 0);
  InodeStatus own;
  CHECK_EQ(status_at(AT_FDCWD, place.at("own").c_str(), own), 0);
  Protection protection;
  protection.add_own(own.identity);
  Records records;
  records.add(place, "plain", 0775);
  records.add(place, "setgid", 02775);
  records.add(place, "has_setgid", 02775);
  records.add(place, "own", 0775);
  records.add(place, "", 0775);
  for (size_t i = 0; i < 5; ++i) records.check(i, awaits_group);
  const TreeRoot root(place.path(), std::move(protection));
  Batch batch(records);
  CHECK(batch.inspect(root, 1, {{0}, {}}));
  CHECK_EQ(batch.outcome(0), Outcome::no_group);
  CHECK_EQ(batch.outcome(1), Outcome::recorded);
  CHECK_EQ(batch.outcome(2), Outcome::no_group);
  CHECK_EQ(batch.outcome(3), Outcome::recorded);
  CHECK_EQ(batch.made(3).load().status, static_cast<uint32_t>(Status::protect));
  CHECK_EQ(batch.outcome(4), Outcome::no_group);
}

PWALK_TEST("a directory is not looked at again after what is in it; anything else is") {
  const ScratchDirectory place;
  place.directory("d/inner");
  place.directory("e");
  for (const char* name : {"d/f", "d/inner/f", "e/f", "top"}) place.file(name, 0640);
  const auto seen = [&](const std::string& first, const std::string& then) {
    const TreeRoot root(place.path(), Protection());
    Descent descent(root);
    CHECK(descent.approach(first, Descent::Last::looked_at).status == Status::ok);
    CHECK_EQ(::chmod(place.at(then).c_str(), 0711), 0);
    const Reached reached = descent.glance(then);
    CHECK(reached.status == Status::ok);
    CHECK_EQ(::chmod(place.at(then).c_str(), 0755), 0);
    return reached.inode.permissions();
  };
  CHECK_EQ(::chmod(place.at("d").c_str(), 0755), 0);
  CHECK_EQ(::chmod(place.at("d/inner").c_str(), 0755), 0);
  CHECK_EQ(::chmod(place.at("e").c_str(), 0755), 0);
  CHECK_EQ(seen("d/f", "d"), 0755U);
  CHECK_EQ(seen("d/inner/f", "d/inner"), 0755U);
  CHECK_EQ(seen("d/f", "e"), 0711U);
  CHECK_EQ(seen("d/inner/f", "d"), 0711U);
  CHECK_EQ(seen("top", "d"), 0711U);
}

PWALK_TEST("paths that do not begin with the root are outside; the root is the root with slashes, too") {
  const ScratchDirectory place;
  place.file("f", 0600);
  const TreeRoot root(place.path(), Protection());
  const auto outcome = [&](const std::string& path, std::string_view below) {
    Records records;
    records.add(place, "f", 0660);
    Batch batch(records);
    batch.rename(path);
    CHECK(batch.inspect(root, 1));
    if (batch.outcome(0) == Outcome::recorded) CHECK_EQ(batch.made(0).first_name(), below);
    return batch.outcome(0);
  };
  CHECK_EQ(outcome("/the/root/f", "f"), Outcome::recorded);
  CHECK_EQ(outcome("/the/root", ""), Outcome::recorded);
  CHECK_EQ(outcome("/the/root//", ""), Outcome::recorded);
  for (const char* path : {"/the/roof/f", "/the/rootf", "/the", ""}) CHECK_EQ(outcome(path, ""), Outcome::outside);
}

PWALK_TEST("nominees outside of the memory they point into are refused") {
  const ScratchDirectory place;
  place.file("f", 0600);
  const TreeRoot root(place.path(), Protection());
  const auto refused = [&](auto&& spoil) {
    Records records;
    records.add(place, "f", 0660);
    Batch batch(records);
    CHECK(batch.nominees().whole());
    spoil(batch);
    return !batch.inspect(root, 1);
  };
  CHECK(refused([](Batch& batch) { batch[0].row = 1; }));
  CHECK(refused([](Batch& batch) { batch[0].rows = 2; }));
  CHECK(refused([](Batch& batch) { batch[0].rows = 0xffffffff; }));
  CHECK(refused([](Batch& batch) { batch.offsets().pop_back(); }));
  CHECK(refused([](Batch& batch) { ++batch.offsets().back(); }));
  CHECK(refused([](Batch& batch) { batch.offsets() = {2, 1}; }));
  CHECK(refused([](Batch& batch) { batch[0].path_is_raw = 1; }));
  CHECK(refused([](Batch& batch) { batch[0].records_at = 1 << 20; }));
}

PWALK_TEST("attributes are found with listxattrat, and by path where there is none") {
  const ScratchDirectory place;
  place.file("acl", 0640);
  // user::rw- user:1001:rw- group::r-- mask::r-- other::---
  constexpr char acl[] =
      "\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x06\0\xe9\x03\0\0\x04\0\x04\0\xff\xff\xff\xff"
      "\x10\0\x04\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff";
  const bool has_acls = ::setxattr(place.at("acl").c_str(), "system.posix_acl_access", acl, sizeof acl - 1, 0) == 0;
  place.link("acl", "link");
  const TreeRoot root(place.path(), Protection());
  Descent descent(root);
  for (const bool has_listxattrat : {false, root.has_listxattrat()}) {
    const Reached file = descent.glance("acl");
    const Features found = features_at(descent.directory(), descent.name(), has_listxattrat, file.inode, 0660);
    CHECK_EQ(found.error, 0);
    CHECK_EQ(found.bits, has_acls ? uint32_t{acl_access} : 0U);
    CHECK_EQ(found.widened, has_acls ? 1U : 0U);
    // A link that took the file's place is not followed to what it points to.
    CHECK_EQ(features_at(descent.directory(), "link", has_listxattrat, file.inode, 0660).bits, 0U);
    const Reached itself = descent.glance("");
    CHECK_EQ(features_at(descent.directory(), descent.name(), has_listxattrat, itself.inode, 0700).error, 0);
  }
}

}  // namespace
}  // namespace pwalk::repair::test
