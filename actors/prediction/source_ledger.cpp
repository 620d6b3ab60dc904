#include "actors/prediction/source_ledger.hpp"

namespace stoker {

void source_ledger::issued(key_id key, candidate_source source) {
  ++counts_[static_cast<std::size_t>(source)].proposed;
  open_[key] = source;
}

void source_ledger::used(key_id key) {
  const auto found = open_.find(key);
  if (found == open_.end()) return;
  ++counts_[static_cast<std::size_t>(found->second)].used;
  open_.erase(found);
}

std::vector<source_status> source_ledger::status() const {
  std::vector<source_status> result;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i].proposed > 0)
      result.push_back({to_string(static_cast<candidate_source>(i)), counts_[i].proposed, counts_[i].used});
  return result;
}

}  // namespace stoker
