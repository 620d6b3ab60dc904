// Traces for the tests of prediction: the shared ones where they are, and some made here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "storage/traces/read_trace.hpp"

namespace stoker::testing {

// Empty, with a message, when the file is not there.
inline std::optional<trace> shared_trace(const std::string& name) {
  const auto file = std::filesystem::path(STOKER_SOURCE_DIR) / "../shared/traces" / name;
  if (std::filesystem::exists(file)) return read_trace(file);
  std::cout << "skipped: no trace " << name << "\n";
  return std::nullopt;
}

inline trace trace_of(std::uint32_t keys) {
  trace result;
  for (std::uint32_t i = 0; i < keys; ++i) result.keys.push_back("key-" + std::to_string(i) + "-");
  return result;
}

// A small generator, so that the made traces are the same everywhere.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  std::uint32_t operator()(std::uint32_t sides) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>((state_ >> 33) % sides);
  }

 private:
  std::uint64_t state_;
};

// The same sequence of keys over and over: a loop larger than the cache.
inline trace loop_trace(std::uint32_t keys, std::uint32_t accesses) {
  auto result = trace_of(keys);
  for (std::uint32_t i = 0; i < accesses; ++i) result.accesses.push_back(i % keys);
  return result;
}

// Independent draws: nothing to learn from order.
inline trace random_trace(std::uint32_t keys, std::uint32_t accesses) {
  auto result = trace_of(keys);
  dice draw(7);
  for (std::uint32_t i = 0; i < accesses; ++i) result.accesses.push_back(draw(keys));
  return result;
}

// Sessions that each walk their own fixed path, mixed at random; with or without naming their subjects.
inline trace session_trace(std::uint32_t sessions, std::uint32_t steps, std::uint32_t accesses,
                           bool subjects) {
  auto result = trace_of(sessions * steps);
  std::vector<std::uint32_t> at(sessions, 0);
  dice draw(11);
  for (std::uint32_t i = 0; i < accesses; ++i) {
    const auto s = draw(sessions);
    result.accesses.push_back(s * steps + at[s]++ % steps);
    if (subjects) result.subjects.push_back(s + 1);
  }
  return result;
}

}  // namespace stoker::testing
