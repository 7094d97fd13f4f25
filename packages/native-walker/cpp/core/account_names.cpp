#include "core/account_names.hpp"

#include <cerrno>
#include <mutex>
#include <vector>

#include <grp.h>
#include <pwd.h>

#include "core/utf8.hpp"

namespace pwalk {
namespace {

constexpr size_t usual_record = 1024;
// A group's record lists its members; the name is all that is wanted, and some sites have huge groups.
constexpr size_t largest_record = 16 << 20;

// `call(buffer, name)` is getpwuid_r or getgrgid_r: an errno, with ERANGE when the buffer is too small.
template <class Call>
std::optional<std::string> name_by(Call call) {
  for (std::vector<char> buffer(usual_record);; buffer.resize(buffer.size() * 4)) {
    const char* name = nullptr;
    int error;
    do {
      error = call(buffer, name);
    } while (error == EINTR);
    if (error == ERANGE && buffer.size() < largest_record) continue;
    if (error != 0 || name == nullptr) return std::nullopt;
    std::string displayed;
    append_display(name, displayed);
    return displayed;
  }
}

}  // namespace

const std::string* AccountNames::find(uint32_t id) {
  const auto pointer = [](const std::optional<std::string>& name) { return name ? &*name : nullptr; };
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = known_.find(id); known != known_.end()) return pointer(known->second);
  }
  std::optional<std::string> name = ask(id);
  const std::unique_lock lock(mutex_);
  // Whoever was first has answered for all.
  return pointer(known_.try_emplace(id, std::move(name)).first->second);
}

std::optional<std::string> AccountNames::ask(uint32_t id) const {
  if (kind_ == Kind::user) {
    return name_by([id](std::vector<char>& buffer, const char*& name) {
      passwd record{};
      passwd* found = nullptr;
      const int error = ::getpwuid_r(id, &record, buffer.data(), buffer.size(), &found);
      if (found != nullptr) name = found->pw_name;
      return error;
    });
  }
  return name_by([id](std::vector<char>& buffer, const char*& name) {
    group record{};
    group* found = nullptr;
    const int error = ::getgrgid_r(id, &record, buffer.data(), buffer.size(), &found);
    if (found != nullptr) name = found->gr_name;
    return error;
  });
}

}  // namespace pwalk
