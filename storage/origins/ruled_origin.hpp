// An origin that loads some keys elsewhere, or gives them another TTL, by rules on the key; the first rule
// whose pattern matches counts.
//
// Ownership: shares the origins. Threads: any; the rules never change.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "storage/origins/key_template.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

struct origin_rule {
  std::string keys;                 // a pattern (storage/origins/key_template.hpp); a glob is one
  std::shared_ptr<origin> source;   // null: the origin of all other keys
  std::chrono::nanoseconds ttl{0};  // of what is loaded without one; 0: the cache's own
};

class ruled_origin final : public origin {
 public:
  // REQUIRES: `others` is not null. Throws stoker::error for a pattern that is none.
  ruled_origin(std::shared_ptr<origin> others, const std::vector<origin_rule>& rules);

  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;

 private:
  struct rule {
    key_pattern keys;
    std::shared_ptr<origin> source;
    std::chrono::nanoseconds ttl;
  };

  const std::shared_ptr<origin> others_;
  std::vector<rule> rules_;
};

}  // namespace stoker
