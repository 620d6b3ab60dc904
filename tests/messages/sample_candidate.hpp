// A candidate with something in every field, for tests of what carries candidates.
#pragma once

#include <chrono>
#include <string>

#include "messages/warming.hpp"

namespace stoker::test {

inline candidate sample_candidate(const std::string& key) {
  candidate result;
  result.key = key;
  result.strategy = "popular+recent";
  result.probability = 0.25;
  result.cost_us = 7;
  result.bytes = 100;
  result.priority = 42;
  result.ttl = std::chrono::seconds{9};
  result.tags = {"red"};
  result.dependencies = {"other"};
  result.refresh = true;
  return result;
}

}  // namespace stoker::test
