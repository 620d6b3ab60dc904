// An origin that has loaders of their own for some keys, and another origin for all the rest.
//
// So a key that was registered with its own loader is loaded by it whoever asks: a warmer or a user.
// Ownership: shares the origins. Threads: any; a load that is under way ends with the loader it began with.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "storage/origins/origin.hpp"

namespace stoker {

class routed_origin final : public origin {
 public:
  // REQUIRES: `others` is not null.
  explicit routed_origin(std::shared_ptr<origin> others) : others_(std::move(others)) {}

  // From now on the key is loaded from `source`, and its entries live for `ttl` where the load names none (0:
  // the cache's own). A null source leaves the loading to the other origin, with this TTL.
  void route(std::string key, std::shared_ptr<origin> source, std::chrono::nanoseconds ttl);
  void unroute(const std::string& key);

  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;

 private:
  struct way {
    std::shared_ptr<origin> source;
    std::chrono::nanoseconds ttl{0};
  };

  way way_of(std::string_view key) const;

  const std::shared_ptr<origin> others_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, way, std::less<>> ways_;
};

}  // namespace stoker
