// Learned eviction: of a few sampled residents, evict the one least likely to be demanded while it would
// stay.
//
// Ideas of LRB (Song et al., NSDI'20) at a fraction of its cost: entries are judged by an additive score over
// quantised features (learned_model.hpp) which learns online from what becomes of sampled residents and of
// victims. Demanded and prefetched entries compete by the same score. Keys that left are remembered for a
// while, so that a returning key is judged by its past. The best of the candidates not taken stay candidates
// for the next time.
//
// Size is not known beforehand: the residence time is measured as residents / evictions per access.
// Memory: 20 bytes and one bit a slot; ghosts of 12 bytes, 4 to 8 a resident; lessons of 28 bytes, at most
// 4,096; weights 21 KB. Nothing but the slots and ghosts grows with the number of residents. Ownership,
// threads, determinism: as eviction_policy says. Randomness: a generator of its own, fixed seed.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "storage/caches/memory/eviction.hpp"
#include "storage/caches/memory/learned_ghosts.hpp"
#include "storage/caches/memory/learned_lessons.hpp"
#include "storage/caches/memory/learned_model.hpp"

namespace stoker {

class learned final : public eviction_policy {
 public:
  learned();

  void inserted(slot s, std::uint64_t key_hash, bool prefetched) override;
  void demanded(slot s, bool first_use) override;
  void missed(std::uint64_t key_hash) override;
  void suggested(slot s) override;
  void erased(slot s) override;
  slot victim() override;
  std::size_t metadata_bytes() const override;

 private:
  struct entry {
    std::uint32_t key = 0;           // fingerprint
    std::uint32_t last = 0;          // clock of the last demand; of the prefetch, when never demanded
    std::uint32_t suggested_at = 0;  // clock; valid with `suggested`
    std::uint8_t last_gap = reuse_facts::never;
    std::uint8_t previous_gap = reuse_facts::never;
    std::uint8_t frequency = 0;
    std::uint8_t hits = 0;
    bool unused = false;
    bool suggested = false;
    bool foreseen = false;
  };

  struct candidate {
    slot at = 0;
    float score = 0;
  };

  static constexpr std::size_t fresh_samples = 8;  // per eviction; 12 gain 0.1 points at 1.5 times the cost
  static constexpr std::size_t kept_candidates = 4;

  using judged_list = std::array<candidate, fresh_samples + kept_candidates>;

  // One access of a user: time moves on, and lessons that end with it are learned.
  void tick(std::uint32_t key);
  void recall(entry& e, bool prefetched);
  void measure_residence();
  void set_residence(std::uint64_t accesses);
  void ask_about(slot s);
  void remember(const entry& e);
  void keep_best(const judged_list& judged, std::size_t count, slot taken);
  candidate judge(slot s) const;
  reuse_features::cells features_of(const entry& e) const;
  slot random_resident();
  slot likely_candidate();
  bool is_resident(slot s) const;
  static std::uint32_t lesson_interval(std::uint32_t shortest, std::uint32_t span);

  std::vector<entry> entries_;           // by slot
  std::vector<std::uint64_t> resident_;  // a bit a slot
  std::uint32_t residents_ = 0;
  std::array<slot, kept_candidates> kept_{};  // may have left since, or be another entry by now
  std::size_t kept_count_ = 0;

  ghost_table ghosts_;
  pending_lessons lessons_;
  reuse_model model_;

  std::uint32_t clock_ = 0;  // user accesses; wraps
  std::uint64_t random_state_;
  std::uint32_t residence_ = 0;      // accesses that an entry stays, as measured; 0: nothing evicted yet
  std::uint8_t residence_log_ = 0;   // log2_eighths of it
  std::uint32_t measured_from_ = 0;  // clock at the start of the current measurement
  std::uint32_t measured_evictions_ = 0;
  std::uint32_t since_asked_ = 0;         // accesses since a random resident was asked about
  std::uint32_t since_asked_victim_ = 0;  // evictions since a victim was
};

}  // namespace stoker
