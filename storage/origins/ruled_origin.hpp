// An origin that loads some keys elsewhere, or gives them another TTL, by rules on the key; the first rule
// whose pattern matches counts.
//
// Ownership: shares the origins. Threads: any; the rules never change.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "storage/origins/origin.hpp"

namespace stoker {

struct origin_rule {
  std::string keys;                 // a glob (messages/glob.hpp)
  std::shared_ptr<origin> source;   // null: the origin of all other keys
  std::chrono::nanoseconds ttl{0};  // of what is loaded without one; 0: the cache's own
};

class ruled_origin final : public origin {
 public:
  // REQUIRES: `others` is not null.
  ruled_origin(std::shared_ptr<origin> others, std::vector<origin_rule> rules)
      : others_(std::move(others)), rules_(std::move(rules)) {}

  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;

 private:
  const std::shared_ptr<origin> others_;
  const std::vector<origin_rule> rules_;
};

}  // namespace stoker
