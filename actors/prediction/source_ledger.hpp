// Which source of candidates a prefetch came from, and what each source's prefetches came to.
//
// Pure. Holds what was issued and neither used nor lost yet: bounded by the owner, who tells it of every end.
// Threads: none of its own.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <vector>

#include "actors/prediction/proposal.hpp"
#include "messages/prefetching.hpp"

namespace stoker {

class source_ledger {
 public:
  void issued(key_id key, candidate_source source);
  // A user demanded it before it left the cache.
  void used(key_id key);
  // It was not loaded, or left the cache.
  void gone(key_id key) { open_.erase(key); }

  // The sources that proposed something.
  std::vector<source_status> status() const;

 private:
  struct counts {
    std::uint64_t proposed = 0;
    std::uint64_t used = 0;
  };

  absl::flat_hash_map<key_id, candidate_source> open_;  // looked up only
  std::array<counts, static_cast<std::size_t>(candidate_source::count)> counts_{};
};

}  // namespace stoker
