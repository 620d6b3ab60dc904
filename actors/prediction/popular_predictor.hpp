// Proposes the most popular absent keys: the baseline that a prefetcher has to beat.
//
// After every miss it looks at a few keys in a ring of those demanded most (by lossy counting) and proposes
// one that is absent. Ownership, threads, bounds: as predictor says.
#pragma once

#include <cstdint>
#include <vector>

#include "actors/prediction/predictor.hpp"

namespace stoker::learning {

class popular_predictor final : public predictor {
 public:
  // Without `proposing`, it only knows keys: the predictor of kind none.
  popular_predictor(const predictor_config& config, bool proposing);

  using predictor::intern;
  key_id intern(std::string_view key, std::uint64_t hash) override;
  const key_names& names() const override { return names_; }
  std::span<const proposal> demanded(const demand& access) override;
  std::optional<proposal> considered(key_id, float) override { return std::nullopt; }
  void issued(key_id key) override;
  void refused(key_id key, bool resident) override;
  void departed(key_id key, bool used) override;
  void cleared() override;
  void set_delay(std::uint32_t requests) override { config_.delay = requests; }
  void set_point(operating_point point) override { config_.point = point; }
  void set_cache_entries(std::uint32_t entries) override { config_.cache_entries = entries; }
  std::vector<proposal> explain(key_id) const override { return {}; }
  std::vector<key_id> worth_restoring(std::size_t limit) const override;
  predictor_report report() const override;
  std::size_t memory_bytes() const override;
  predictor_model save() const override { return {}; }
  bool restore(const predictor_model&) override { return false; }

 private:
  struct popularity {
    std::uint16_t demands = 0;  // halved for all when one gets full
    bool resident = false;
  };

  void count(key_id key);
  void propose_one();

  predictor_config config_;
  bool proposing_;
  key_names names_;
  std::vector<popularity> popularity_;  // by key
  std::vector<key_id> popular_;         // a ring of keys that were demanded often
  std::size_t popular_next_ = 0;
  std::size_t looked_at_ = 0;
  key_id renamed_next_ = 0;
  predictor_report counts_;
  std::vector<proposal> proposals_;
};

}  // namespace stoker::learning
