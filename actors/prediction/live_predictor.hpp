// The predictor as a live cache uses it: fed with batches of accesses by key, asked for what to prefetch by
// key.
//
// Pure: what it does depends on its calls alone. Observing, it goes on as if its proposals were
// carried out, and keeps the books of what they would have come to. Ownership: owns its predictor. Threads:
// one.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/prediction/believed_content.hpp"
#include "actors/prediction/delay_meter.hpp"
#include "actors/prediction/predictor.hpp"
#include "actors/prediction/shadow_prefetches.hpp"
#include "actors/prediction/source_ledger.hpp"
#include "messages/access.hpp"
#include "messages/prefetching.hpp"

namespace stoker {

class live_predictor {
 public:
  // `observe`: nothing is carried out; the core goes on as if it were. `believed`: of a cache of which nobody
  // tells what it holds.
  explicit live_predictor(const predictor_config& config, bool observe = false,
                          std::optional<believed_content> believed = std::nullopt);

  // Learns from the batch; appends what is worth loading now to `proposed` (nothing when it observes).
  void learn(const access_batch& batch, std::vector<prefetch_item>& proposed);

  // Somebody outside (due, of this hour) takes the key to be demanded soon, as likely as `belief` says;
  // appends it to `proposed` when that is worth its load.
  void consider(const std::string& key, float belief, std::vector<prefetch_item>& proposed);
  // A proposal is in the cache.
  void arrived(const std::string& key);
  // A proposal was not loaded; `resident`: the cache had it already.
  void rejected(const std::string& key, bool resident);
  // An entry left the cache, by its hash.
  void departed(std::uint64_t hash, bool used);
  // Keys demanded in the latest batch that had been told to have left before: did they leave before the
  // demand or after it? Who knows the cache looks, and tells of those that are not there.
  const std::vector<std::string>& doubtful() const noexcept { return doubtful_; }
  // Departures were lost: nothing is believed to be resident any more. What is will come back as rejected.
  void lost_track();
  void holds(std::uint32_t entries);

  // What would be proposed after these keys. Costs are the mean of all misses: who asks may know better.
  predictions explain(const predict_request& request) const;
  void describe(predictor_status& status) const;

  predictor_model save() const { return core_->save(); }
  bool restore(const predictor_model& model);
  std::uint64_t accesses() const noexcept { return accesses_; }

 private:
  void look_ahead(const access_batch& batch, std::size_t at) const;
  void note_cost(const access_record& record);
  void lose(key_id key, bool used);
  void doubt(const access_batch& batch, const access_record& record);
  demand demand_of(const access_batch& batch, const access_record& record);
  access_outcome as_if(key_id key, access_outcome outcome);
  access_outcome as_believed(key_id key, const access_record& record, access_outcome outcome);
  void take_believed_departures(time_point now);
  void propose(const proposal& worth, std::vector<prefetch_item>& proposed);

  const bool observe_;
  std::optional<believed_content> believed_;
  time_point now_{};  // of the latest batch
  std::unique_ptr<predictor> core_;
  shadow_prefetches shadow_;                 // used when it observes
  absl::flat_hash_set<std::uint64_t> left_;  // hashes of what left and was not demanded since
  std::vector<std::string> doubtful_;
  source_ledger sources_;
  delay_meter delay_;
  std::uint64_t accesses_ = 0;
  double mean_cost_us_ = 0;  // of a miss, smoothed; 0: none was measured
};

}  // namespace stoker
