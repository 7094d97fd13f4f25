// The names of users and groups, asked of NSS once per id and walk.
#pragma once

#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace pwalk {

// What a number means by this machine's name services (passwd, LDAP, sssd …). Shared by the workers of
// a walk: an answer, also that there is none, holds for the whole walk, so that a scan says the same of
// every row. A lookup may take as long as the service likes; no lock is held meanwhile.
class AccountNames {
 public:
  enum class Kind { user, group };

  explicit AccountNames(Kind kind) : kind_(kind) {}

  // Null where the number has no name or the service cannot tell. UTF-8: other bytes are shown as
  // \xhh. Valid as long as this is.
  const std::string* find(uint32_t id);

 private:
  std::optional<std::string> ask(uint32_t id) const;

  const Kind kind_;
  std::shared_mutex mutex_;
  std::unordered_map<uint32_t, std::optional<std::string>> known_;
};

// One worker's way to the names: neighbours mostly belong to the same account.
class AccountNameCursor {
 public:
  explicit AccountNameCursor(AccountNames& names) : names_(names) {}

  const std::string* find(uint32_t id) {
    if (!last_ || *last_ != id) {
      name_ = names_.find(id);
      last_ = id;
    }
    return name_;
  }

 private:
  AccountNames& names_;
  std::optional<uint32_t> last_;
  const std::string* name_ = nullptr;
};

}  // namespace pwalk
