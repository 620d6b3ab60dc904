#include "actors/warming/dependency_graph.hpp"

#include <algorithm>
#include <unordered_map>

namespace stoker {

void dependency_graph::set(std::string_view key, std::vector<std::string> keys) {
  std::erase(keys, key);
  if (keys.size() > most_dependencies_of_a_key) keys.resize(most_dependencies_of_a_key);
  std::lock_guard guard{mutex_};
  const auto found = needs_.find(key);
  if (keys.empty()) {
    if (found == needs_.end()) return;
    needs_.erase(found);
  } else if (found != needs_.end()) {
    found->second = std::move(keys);
  } else if (needs_.size() < most_dependants) {
    needs_.emplace(key, std::move(keys));
  } else {
    ++refused_;
    return;
  }
  ++version_;
}

std::vector<std::string> dependency_graph::of(std::string_view key) const {
  std::lock_guard guard{mutex_};
  const auto found = needs_.find(key);
  return found == needs_.end() ? std::vector<std::string>{} : found->second;
}

void dependency_graph::follow(std::vector<candidate>& candidates, std::uint32_t depth) const {
  std::lock_guard guard{mutex_};
  if (needs_.empty()) return;
  std::unordered_map<std::string, std::uint32_t> level;  // of every candidate, those added included
  for (const auto& proposed : candidates) level.emplace(proposed.key, 0);
  for (std::size_t next = 0; next < candidates.size(); ++next) {  // grows as dependencies are added
    const auto needed = needs_.find(candidates[next].key);
    const auto at = level[candidates[next].key];
    if (needed == needs_.end() || at >= depth) continue;
    candidates[next].dependencies = needed->second;
    for (const auto& key : needed->second) {
      if (!level.emplace(key, at + 1).second) continue;
      candidate added;
      added.key = key;
      added.strategy = candidates[next].strategy;
      added.probability = candidates[next].probability;
      added.priority = candidates[next].priority;
      candidates.push_back(std::move(added));
    }
  }
}

dependency_map dependency_graph::content() const {
  std::lock_guard guard{mutex_};
  return needs_;
}

void dependency_graph::restore(dependency_map earlier) {
  std::lock_guard guard{mutex_};
  needs_.merge(earlier);
}

std::uint64_t dependency_graph::version() const {
  std::lock_guard guard{mutex_};
  return version_;
}

std::uint64_t dependency_graph::refused() const {
  std::lock_guard guard{mutex_};
  return refused_;
}

}  // namespace stoker
