// The recent keys of subjects (users, sessions, tenants), by kind. Of subjects, those seen last are kept; of
// a subject's keys, the latest of each (kind, key). Threads: one.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

struct subject_key {
  std::string kind;
  std::string key;
  time_point last_access{};
};

class subject_table {
 public:
  subject_table(std::uint64_t max_subjects, std::uint32_t keys_per_subject)
      : max_subjects_(max_subjects), keys_per_subject_(keys_per_subject) {}

  // `key_hash`: hash_key(key).
  void add(std::uint16_t cache, std::string_view subject, std::string_view kind, std::string_view key,
           std::uint64_t key_hash, time_point at);
  // Most recent first. `kinds` empty: all; those `without` are left out in any case.
  std::vector<subject_key> recent(std::uint16_t cache, std::string_view subject,
                                  const std::vector<std::string>& kinds,
                                  const std::vector<std::string>& without, std::size_t limit) const;
  void forget(std::uint16_t cache);

  std::size_t size() const noexcept { return subjects_.size(); }
  std::size_t memory_bytes() const noexcept;

 private:
  static constexpr std::uint32_t nowhere = UINT32_MAX;
  // Places of the neighbours in the order of use.
  struct neighbours {
    std::uint32_t newer;
    std::uint32_t older;
  };
  // What is looked through at each access stands by itself: 64 hashes are eight lines of cache.
  struct entry {
    std::uint16_t cache;
    std::string name;
    // INVARIANT: of one size, at most keys_per_subject_.
    std::vector<std::uint64_t> hashes{};  // of kind and key
    std::vector<neighbours> order{};      // from newest to oldest, each once
    std::vector<subject_key> keys{};
    std::uint32_t newest = nowhere;
    std::uint32_t oldest = nowhere;
  };
  using entry_list = std::list<entry>;

  // A subject's cache and name in one text, until the next call.
  const std::string& identity(std::uint16_t cache, std::string_view subject) const;
  entry& touch(std::uint16_t cache, std::string_view subject);
  static std::size_t find(const entry& subject, std::uint64_t hash, std::string_view kind,
                          std::string_view key);
  std::size_t make_room(entry& subject) const;
  static void take_out(entry& subject, std::size_t place);
  static void put_first(entry& subject, std::size_t place);

  std::uint64_t max_subjects_;
  std::uint32_t keys_per_subject_;
  mutable std::string identity_;  // of the last call
  entry_list entries_;            // most recent first
  absl::flat_hash_map<std::string, entry_list::iterator> subjects_;
};

}  // namespace stoker
