#include "storage/caches/memory/eviction.hpp"

#include <stdexcept>
#include <utility>

#include "storage/caches/memory/learned.hpp"
#include "storage/caches/memory/lru.hpp"
#include "storage/caches/memory/s3fifo.hpp"

namespace stoker {

namespace {

std::unique_ptr<eviction_policy> make_one(eviction kind, bool prefetched_first_to_go,
                                          const std::shared_ptr<reuse_model>& model, std::size_t sharers) {
  switch (kind) {
    case eviction::lru:
      return std::make_unique<lru>(prefetched_first_to_go);
    case eviction::s3fifo:
      return std::make_unique<s3fifo>();
    case eviction::learned:
      return std::make_unique<learned>(model, sharers);
  }
  throw std::invalid_argument("memory cache: no such eviction policy");
}

}  // namespace

const char* to_string(eviction kind) noexcept {
  switch (kind) {
    case eviction::lru:
      return "lru";
    case eviction::s3fifo:
      return "s3fifo";
    case eviction::learned:
      return "learned";
  }
  return "unknown";
}

std::unique_ptr<eviction_policy> make_eviction_policy(eviction kind, bool prefetched_first_to_go) {
  return std::move(make_eviction_policies(kind, 1, prefetched_first_to_go).front());
}

std::vector<std::unique_ptr<eviction_policy>> make_eviction_policies(eviction kind, std::size_t shards,
                                                                     bool prefetched_first_to_go) {
  const auto model = kind == eviction::learned ? std::make_shared<reuse_model>() : nullptr;
  std::vector<std::unique_ptr<eviction_policy>> policies(shards);
  for (auto& policy : policies) policy = make_one(kind, prefetched_first_to_go, model, shards);
  return policies;
}

}  // namespace stoker
