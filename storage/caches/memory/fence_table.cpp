#include "storage/caches/memory/fence_table.hpp"

#include <algorithm>

namespace stoker {

void fence_table::changed(std::uint64_t hash, std::uint64_t generation) {
  set& s = sets_[set_of(hash)];
  const auto same =
      std::find_if(s.latest.begin(), s.latest.end(), [&](const change& c) { return c.hash == hash; });
  if (same != s.latest.end()) {
    same->generation = generation;
    return;
  }
  const auto older = [](const change& a, const change& b) { return a.generation < b.generation; };
  change& oldest = *std::min_element(s.latest.begin(), s.latest.end(), older);
  s.forgotten = std::max(s.forgotten, oldest.generation);
  oldest = {hash, generation};
}

void fence_table::all_changed(std::uint64_t generation) {
  for (set& s : sets_) {
    s.latest = {};
    s.forgotten = generation;
  }
}

bool fence_table::changed_since(std::uint64_t hash, std::uint64_t token) const {
  const set& s = sets_[set_of(hash)];
  const auto same = std::find_if(s.latest.begin(), s.latest.end(),
                                 [&](const change& c) { return c.hash == hash && c.generation > 0; });
  return (same != s.latest.end() ? same->generation : s.forgotten) > token;
}

}  // namespace stoker
