#include "storage/origins/routed_origin.hpp"

#include <mutex>

namespace stoker {

void routed_origin::route(std::string key, std::shared_ptr<origin> source, std::chrono::nanoseconds ttl) {
  std::unique_lock guard{mutex_};
  ways_.insert_or_assign(std::move(key), way{source ? std::move(source) : others_, ttl});
}

void routed_origin::unroute(const std::string& key) {
  std::unique_lock guard{mutex_};
  ways_.erase(key);
}

routed_origin::way routed_origin::way_of(std::string_view key) const {
  std::shared_lock guard{mutex_};
  const auto found = ways_.find(key);
  return found == ways_.end() ? way{others_} : found->second;
}

load_result routed_origin::load(std::string_view key, std::chrono::steady_clock::time_point deadline) {
  const auto chosen = way_of(key);
  auto result = chosen.source->load(key, deadline);
  if (result.ttl == std::chrono::nanoseconds::zero()) result.ttl = chosen.ttl;
  return result;
}

}  // namespace stoker
