#include "storage/caches/memory/eviction.hpp"

#include <stdexcept>

#include "storage/caches/memory/learned.hpp"
#include "storage/caches/memory/lru.hpp"
#include "storage/caches/memory/s3fifo.hpp"

namespace stoker {

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
  switch (kind) {
    case eviction::lru:
      return std::make_unique<lru>(prefetched_first_to_go);
    case eviction::s3fifo:
      return std::make_unique<s3fifo>();
    case eviction::learned:
      return std::make_unique<learned>();
  }
  throw std::invalid_argument("memory cache: no such eviction policy");
}

}  // namespace stoker
