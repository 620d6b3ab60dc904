// Prefetching: what the predictor proposes, what became of it, and how it explains itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

struct prefetch_item {
  std::string key{};
  double probability = 0;  // calibrated: of being demanded before it would be evicted or expire
};

// The predictor to the warmer of its cache: worth loading now, best first.
struct prefetch_request {
  std::string cache{};
  std::vector<prefetch_item> items{};
};

enum class prefetch_fate : std::uint8_t {
  arrived,   // put into the cache
  rejected,  // not put into the cache: shed, failed, refused
  present,   // it was there already
  wasted,    // left the cache before any use
};

struct prefetch_outcome {
  std::string key{};
  prefetch_fate fate = prefetch_fate::arrived;
};

// What became of prefetches; used ones show in the accesses as first_use, late ones as late.
struct prefetch_outcomes {
  std::string cache{};
  std::vector<prefetch_outcome> outcomes{};
};

// What would be prefetched if these keys had just been demanded, and why.
struct predict_request {
  std::string cache{};
  std::vector<std::string> keys{};
  std::uint32_t limit = 20;
  double confidence = 0;  // only candidates at least this likely
};

struct prediction {
  std::string key{};
  double probability = 0;
  std::string model{};       // which source proposes it: "successor", "stream", "stride", "popular", ...
  std::string source_key{};  // the key that it follows; empty for sources without one
  std::uint64_t observations = 0;
  std::uint32_t cost_us = 0;
};

struct predictions {
  std::vector<prediction> candidates{};  // most likely first
  std::vector<std::string> unknown{};    // asked for, and never seen: nothing can follow them
};

// What came of the proposals of one source of candidates.
struct source_status {
  std::string source{};        // "successor", "episode", "neighbour", "external"
  std::uint64_t proposed = 0;  // in observe mode: would have been
  std::uint64_t used = 0;      // demanded before they left the cache; in observe mode: would have been
};

struct predictor_status {
  std::string cache{};
  std::string predictor{};  // "none", "popular", "stoker"
  std::uint64_t accesses = 0;
  std::uint64_t keys = 0;
  std::uint64_t proposed = 0;
  std::uint64_t used = 0;
  std::uint64_t wasted = 0;
  std::uint64_t late = 0;
  double origin_load = 0;   // (misses + prefetches) / misses of a shadow LRU; 0: nothing seen
  double threshold = 0;     // the probability from which it proposes
  std::uint32_t delay = 0;  // how long a prefetch takes, in requests
  std::uint64_t memory_bytes = 0;
  bool observing = false;  // learns and reports, proposes nothing
  bool silent = false;
  std::string silent_because{};
  // Observe mode: misses that would have been hits, and origin load as it would have been; 0: nothing seen.
  std::uint64_t shadow_hits = 0;
  double shadow_load = 0;
  double shadow_gain = 0;  // of hit ratio: shadow hits as a fraction of all accesses
  std::vector<source_status> sources{};
  std::uint64_t mailbox = 0;  // messages that wait for it
};

template <class Inspector>
auto inspect(Inspector& f, prefetch_item& x) {
  return f(x.key, x.probability);
}

template <class Inspector>
auto inspect(Inspector& f, prefetch_request& x) {
  return f(x.cache, x.items);
}

template <class Inspector>
auto inspect(Inspector& f, prefetch_outcome& x) {
  return f(x.key, x.fate);
}

template <class Inspector>
auto inspect(Inspector& f, prefetch_outcomes& x) {
  return f(x.cache, x.outcomes);
}

template <class Inspector>
auto inspect(Inspector& f, predict_request& x) {
  return f(x.cache, x.keys, x.limit, x.confidence);
}

template <class Inspector>
auto inspect(Inspector& f, prediction& x) {
  return f(x.key, x.probability, x.model, x.source_key, x.observations, x.cost_us);
}

template <class Inspector>
auto inspect(Inspector& f, predictions& x) {
  return f(x.candidates, x.unknown);
}

template <class Inspector>
auto inspect(Inspector& f, source_status& x) {
  return f(x.source, x.proposed, x.used);
}

template <class Inspector>
auto inspect(Inspector& f, predictor_status& x) {
  return f(x.cache, x.predictor, x.accesses, x.keys, x.proposed, x.used, x.wasted, x.late, x.origin_load,
           x.threshold, x.delay, x.memory_bytes, x.observing, x.silent, x.silent_because, x.shadow_hits,
           x.shadow_load, x.shadow_gain, x.sources, x.mailbox);
}

}  // namespace stoker
