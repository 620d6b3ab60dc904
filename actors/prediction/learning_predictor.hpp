// The predictor that learns what follows what. One access flows through it like this:
//
//   demanded -> judge (answers open questions) -> stream_contexts (which sources does it follow?)
//            -> successor_lists (link them) -> successors of the key -> judge (how likely?) ->
//            load_controller (worth its load?) -> proposals
//
// Ownership, threads, bounds: as predictor says. Time: a clock of its own, in demands.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/prediction/episode_log.hpp"
#include "actors/prediction/growing_table.hpp"
#include "actors/prediction/judge.hpp"
#include "actors/prediction/key_set.hpp"
#include "actors/prediction/load_controller.hpp"
#include "actors/prediction/numeric_neighbours.hpp"
#include "actors/prediction/predictor.hpp"
#include "actors/prediction/stream_contexts.hpp"
#include "actors/prediction/successor_lists.hpp"

namespace stoker::learning {

class learning_predictor final : public predictor {
 public:
  explicit learning_predictor(const predictor_config& config);

  using predictor::intern;
  key_id intern(std::string_view key, std::uint64_t hash) override;
  const key_names& names() const override { return names_; }
  void expect_soon(key_id key) const noexcept override;
  void expect_next(key_id key) const noexcept override;
  std::span<const proposal> demanded(const demand& access) override;
  std::optional<proposal> considered(key_id key, float belief) override;
  void issued(key_id key) override;
  void refused(key_id key, bool resident) override;
  void departed(key_id key, bool used) override;
  void cleared() override;
  void set_delay(std::uint32_t requests) override;
  void set_point(operating_point point) override;
  void set_cache_entries(std::uint32_t entries) override;
  std::vector<proposal> explain(key_id key) const override;
  std::vector<key_id> worth_restoring(std::size_t limit) const override;
  predictor_report report() const override;
  std::size_t memory_bytes() const override;
  predictor_model save() const override;
  bool restore(const predictor_model& model) override;

 private:
  bool take(const predictor_model& model);
  std::uint32_t horizon() const;
  void expect_closing() const noexcept;
  void close(const question& q, bool useful);
  void count_outcome(const demand& access);
  void link_sources(const demand& access, const stream_context& context, bool would_miss, bool foreseen);
  void note_demand(key_id key);
  bool is_settled(key_id key) const;
  void propose_successors(key_id key, const situation& at);
  void propose_episodes(key_id key, const situation& at);
  void propose_neighbours(key_id key, bool would_miss, const situation& at);
  key_id neighbour(std::string_view prefix, const numeric_neighbours::candidate& wanted, const situation& at,
                   key_id source_key);
  void weigh(candidate_source kind, const track_record& record, const situation& at, key_id source_key,
             key_id candidate);
  void rank_proposals();
  void trim_lists();
  void ensure_known(key_id key);
  key_id least_valuable();
  void forget(key_id key);

  predictor_config config_;
  key_names names_;
  growing_table<key_facts> facts_;  // by key
  key_set resident_;                // believed to be in the cache, or on their way there
  successor_lists lists_;
  stream_contexts contexts_;
  judge judge_;
  load_controller controller_;
  episode_log episodes_;
  numeric_neighbours neighbours_;  // unused with opaque keys

  std::uint32_t clock_ = 0;
  float insertions_ = 1;            // into the cache, per demand, lately
  std::uint32_t inserted_now_ = 0;  // since the last demand
  key_id trim_next_ = 0;
  std::string neighbour_prefix_;
  std::string neighbour_name_;
  std::uint64_t random_ = 0x9e3779b97f4a7c15;
  predictor_report counts_;
  double promised_ = 0;              // sum of the probabilities proposed
  std::uint32_t last_proposal_ = 0;  // clock
  std::vector<proposal> proposals_;
};

}  // namespace stoker::learning
