#include "actors/engine/cache_table.hpp"

#include "messages/error.hpp"

namespace stoker {

void cache_table::add(const std::string& name, std::shared_ptr<managed_cache> added) {
  std::lock_guard guard{mutex_};
  if (!caches_.emplace(name, std::move(added)).second)
    throw error{errc::already_exists, "a cache \"" + name + "\" exists already; choose another name"};
}

void cache_table::remove(const std::string& name) {
  std::lock_guard guard{mutex_};
  caches_.erase(name);
}

std::shared_ptr<managed_cache> cache_table::find(const std::string& name) const {
  std::lock_guard guard{mutex_};
  const auto found = caches_.find(name);
  return found == caches_.end() ? nullptr : found->second;
}

std::shared_ptr<managed_cache> cache_table::get(const std::string& name) const {
  if (auto found = find(name)) return found;
  throw error{errc::no_such_cache, unknown(name)};
}

std::vector<std::shared_ptr<managed_cache>> cache_table::all() const {
  std::lock_guard guard{mutex_};
  std::vector<std::shared_ptr<managed_cache>> result;
  for (const auto& [name, cache] : caches_) result.push_back(cache);
  return result;
}

std::string cache_table::unknown(const std::string& name) const {
  std::lock_guard guard{mutex_};
  std::string known;
  for (const auto& [existing, cache] : caches_) known += (known.empty() ? "" : ", ") + existing;
  return "no cache \"" + name + "\"; " + (known.empty() ? "none has been added yet" : "there are: " + known);
}

}  // namespace stoker
