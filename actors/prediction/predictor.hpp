// The predictor of one cache: told every access in order, it proposes what to load ahead, with a calibrated
// probability of being demanded before it would be evicted.
//
// Pure: no clock, no I/O, randomness of its own with a fixed seed; the same calls give the same results. Live
// engine and replay use it the same way. Keys go by dense numbers, which names() keeps. What is in the cache
// is believed, not looked up: a key is resident after its demand or a prefetch until departed() says
// otherwise. Ownership: owns all that it learned. Threads: none of its own; one owner calls it. Bounds:
// `max_keys`; when there are more, the least valuable of a sample is given up for a new one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/prediction/key_names.hpp"
#include "actors/prediction/proposal.hpp"
#include "messages/model.hpp"
#include "messages/prediction.hpp"

namespace stoker {

struct predictor_config {
  predictor_kind kind = predictor_kind::stoker;
  operating_point point = operating_point::balanced;
  std::uint32_t cache_entries = 1024;  // what the cache can hold; an estimate when it is bounded by bytes
  std::uint32_t delay = 0;             // requests until a prefetch arrives
  std::uint32_t max_keys = 4'000'000;  // about 80 bytes each, and the keys' own bytes
  bool opaque_keys = false;            // make no use of numbers in keys; propose nothing that was never seen
  bool foreign_eviction =
      false;  // the cache treats a prefetched entry as any other: each useless one costs more
};

// Throws std::invalid_argument, which names the field and says what to do.
void validate(const predictor_config& config);

// Candidates judged alike, proposed or not, and what became of them.
struct calibration_bin {
  double candidates = 0;
  double promised = 0;  // sum of their probabilities
  double demanded = 0;  // how many were demanded in time
};

struct predictor_report {
  std::uint64_t accesses = 0;
  std::uint64_t keys = 0;
  std::uint64_t proposed = 0;
  std::uint64_t issued = 0;
  std::uint64_t used = 0;
  std::uint64_t wasted = 0;
  std::uint64_t late = 0;
  double precision = 0;            // of what was proposed, as it came out
  double promised_precision = 0;   // mean probability of what was proposed: close to it when calibrated
  double origin_load = 0;          // (misses + prefetches) / misses of a plain LRU; 0: nothing seen
  double baseline_miss_ratio = 0;  // of that LRU
  double threshold = 0;            // probability from which it proposes
  std::array<calibration_bin, 10> calibration{};  // by tenths of the probability
  std::uint32_t delay = 0;
  std::uint64_t memory_bytes = 0;
  bool silent = false;  // nothing was worth proposing lately
  std::string silent_because;
};

class predictor {
 public:
  virtual ~predictor() = default;

  // The key's number; a key never seen before gets one, if need be that of a key given up for it.
  // `hash`: the key's, by hash_key().
  virtual key_id intern(std::string_view key, std::uint64_t hash) = 0;
  key_id intern(std::string_view key) { return intern(key, hash_key(key)); }
  virtual const key_names& names() const = 0;

  // The key will be demanded within a few accesses: starts to bring its rows here, and then, one or two
  // accesses before, what they name. Hints for who knows what is coming; nothing that can be observed depends
  // on them.
  virtual void expect_soon(key_id) const noexcept {}
  virtual void expect_next(key_id) const noexcept {}
  // A user demanded the key. Returns what is absent and worth loading now, most likely first; valid until the
  // next call.
  virtual std::span<const proposal> demanded(const demand& access) = 0;
  // Somebody outside (popular, due, of this hour) thinks the absent key will be demanded, as likely as
  // `belief` says. Returns what is made of it: the calibrated proposal, when it is worth its load.
  virtual std::optional<proposal> considered(key_id key, float belief) = 0;

  // What became of a proposal.
  virtual void issued(key_id key) = 0;                  // on its way into the cache, or in it
  virtual void refused(key_id key, bool resident) = 0;  // not loaded; `resident`: because it is there already
  // An entry left the cache: evicted, expired, invalidated.
  virtual void departed(key_id key, bool used) = 0;
  // The cache lost everything.
  virtual void cleared() = 0;

  // What changes at run time.
  virtual void set_delay(std::uint32_t requests) = 0;
  virtual void set_point(operating_point point) = 0;
  virtual void set_cache_entries(std::uint32_t entries) = 0;

  // What would follow if the key had just been demanded, most likely first, whether resident or not.
  virtual std::vector<proposal> explain(key_id key) const = 0;
  // What a cache that lost everything should hold: most worth first, at most `limit`.
  virtual std::vector<key_id> worth_restoring(std::size_t limit) const = 0;
  virtual predictor_report report() const = 0;
  virtual std::size_t memory_bytes() const = 0;

  virtual predictor_model save() const = 0;
  // Replaces what was learned. Returns false and changes nothing when the model does not fit.
  virtual bool restore(const predictor_model& model) = 0;
};

// Throws as validate() does.
std::unique_ptr<predictor> make_predictor(const predictor_config& config);

}  // namespace stoker
