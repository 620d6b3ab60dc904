// The restart story: what a restart costs a cache, and what Stoker gives back, measured on real files.
//
// The first half of a recorded trace is played through a live engine that learns it into a history on disk.
// The rest is then played three times: by an engine that was never restarted, by one that starts cold without
// a history, and by one that was warmed from the history first. Every get reads a real file when it misses.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "apps/replay/warm_point.hpp"
#include "messages/warming.hpp"
#include "storage/traces/trace.hpp"

namespace stoker::cli {

struct story_config {
  const trace* recorded = nullptr;       // keys are paths
  std::filesystem::path root;            // of relative paths
  std::filesystem::path history_folder;  // empty or to be made; left to the caller to remove
  std::uint64_t capacity_bytes = 0;      // of the cache; 0: the engine's default
  std::function<void(const std::string& what, double share)> progress;  // share of the whole, 0 to 1
};

// One way to go on after the restart.
struct playing {
  hit_sequence hits;
  std::uint64_t origin_calls = 0;  // files read, for users and for warming
  double p50_us = 0;               // of get
  double p99_us = 0;
  std::uint64_t entries = 0;  // in the cache at the end
};

struct story {
  std::uint64_t requests = 0;  // of the whole trace, without those that are skipped
  std::uint64_t skipped = 0;   // accesses of files that are missing here or too large to cache
  std::uint64_t restart_at = 0;
  std::uint64_t window = 0;  // requests, of the definition of warm
  playing never_restarted;
  playing cold;
  playing warmed;
  warm_report warm_up;  // of the warmed one: what Stoker filled before the first request
};

// Throws stoker::error when no file of the trace is here, or the engine can't start.
story tell_restart_story(const story_config& config);

}  // namespace stoker::cli
