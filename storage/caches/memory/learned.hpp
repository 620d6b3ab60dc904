// Learned eviction: of a few sampled residents, evict the one least likely to be demanded while it would
// stay.
//
// Ideas of LRB (Song et al., NSDI'20) at a fraction of its cost: entries are judged by an additive score over
// quantised features (learned_model.hpp) which learns online from what becomes of sampled residents and of
// victims. Demanded and prefetched entries compete by the same score. Keys that left are remembered for a
// while, so that a returning key is judged by its past. The best of the candidates not taken stay candidates
// for the next time. An eviction takes the worst of the candidates that the eviction before left, and then
// draws new ones for the next: what it will look at has time to come from memory.
//
// Size is not known beforehand: the residence time is measured as residents / evictions per access.
// The shards of a cache share one model: its weights stay near the core, and what one shard learns is true of
// all, since keys are spread by their hash.
// Memory: 16 bytes and one bit a slot; ghosts of 12 bytes, 9 for two residents, in small caches up to 32 for
// each and 8,192 in all; lessons of 28 bytes, at most 4,096 of a cache of one shard and 1,024 of each of
// many; weights 21 KB. Nothing but the slots and ghosts grows with the number of residents. Ownership,
// threads, determinism: as eviction_policy says. Randomness: a generator of its own, fixed seed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "messages/bring.hpp"
#include "storage/caches/memory/eviction.hpp"
#include "storage/caches/memory/learned_ghosts.hpp"
#include "storage/caches/memory/learned_lessons.hpp"
#include "storage/caches/memory/learned_model.hpp"

namespace stoker {

class learned final : public eviction_policy {
 public:
  // `model` is shared by `sharers` policies, this one included.
  learned(std::shared_ptr<reuse_model> model, std::size_t sharers);

  void expect(slot s) const noexcept override { bring(&entries_[s]); }
  void expect_missing(std::uint64_t key_hash) const noexcept override;
  void inserted(slot s, std::uint64_t key_hash, bool prefetched, float probability) override;
  void demanded(slot s, bool first_use) override;
  void missed(std::uint64_t key_hash) override;
  void erased(slot s) override;
  slot victim() override;
  slot likely_victim() const override;
  std::size_t metadata_bytes() const override;

 private:
  // Sixteen bytes, so that one read of memory brings all of it.
  struct entry {
    std::uint32_t key = 0;            // fingerprint
    std::uint32_t last = 0;           // clock of the last demand; of the prefetch, when never demanded
    std::uint32_t prefetched_at = 0;  // clock; valid with `unused`
    std::uint8_t last_gap = reuse_facts::never;
    std::uint8_t previous_gap = reuse_facts::never;
    std::uint8_t frequency : 6 = 0;
    std::uint8_t unused : 1 = 0;
    std::uint8_t hits : 6 = 0;  // of an unused entry its promise, see reuse_facts
    std::uint8_t foreseen : 1 = 0;
    std::uint8_t asked : 1 = 0;  // an open question about its key may exist
  };
  static_assert(sizeof(entry) == 16);

  struct candidate {
    slot at = 0;
    float score = 0;
  };

  // Drawn for the next eviction: of the two, the one with fewer hits will be judged.
  struct drawn_pair {
    slot first = 0;
    slot second = 0;
  };

  static constexpr std::size_t fresh_samples = 8;  // per eviction; 12 gain 0.1 points at 1.5 times the cost
  static constexpr std::size_t kept_candidates = 5;

  // A demand of `key` answers the questions about it.
  void learn_from(std::uint32_t key);
  // Ends questions that have been open long enough, and asks new ones.
  void go_on_asking();
  void end_lessons();
  void recall(entry& e, bool prefetched);
  void measure_residence();
  void set_residence(std::uint64_t accesses);
  void ask_about(slot s);
  void remember(const entry& e);
  std::uint32_t interval(std::uint32_t shortest, std::uint32_t span) const;
  slot take_worst();
  slot pop_kept();
  void judge_drawn(slot taken);
  void keep(slot s);
  void draw();
  slot likelier(const drawn_pair& drawn) const;
  float judge(slot s) const;
  reuse_facts facts_of(const entry& e) const;
  slot resident_at(std::uint32_t random) const;
  slot next_resident(slot s) const;
  bool is_resident(slot s) const;

  // What a hit touches comes first, so that it lies together.
  std::uint32_t clock_ = 0;        // user accesses; wraps
  std::uint32_t residence_ = 0;    // accesses that an entry stays, as measured; 0: nothing evicted yet
  std::uint32_t since_asked_ = 0;  // accesses since a random resident was asked about
  std::uint32_t accesses_per_question_ = 0;
  std::vector<entry> entries_;  // by slot
  pending_lessons lessons_;

  std::uint32_t residents_ = 0;
  std::uint32_t last_missed_ = 0;    // fingerprint of the last key that was missed
  std::uint32_t measured_from_ = 0;  // clock at the start of the current measurement
  std::uint32_t measured_evictions_ = 0;
  std::uint32_t since_asked_victim_ = 0;  // evictions since a victim was
  std::uint64_t random_state_;
  std::vector<std::uint64_t> resident_;  // a bit a slot
  // Candidates for the next eviction, the worst first, as they were judged when they were drawn; may have
  // left since, or be another entry by now.
  std::array<candidate, kept_candidates> kept_{};
  std::size_t kept_count_ = 0;
  std::array<drawn_pair, fresh_samples> drawn_{};
  std::size_t drawn_count_ = 0;
  ghost_table ghosts_;
  std::uint8_t residence_log_ = 0;  // log2_eighths of residence_
  residence_scale scale_{0};        // of residence_log_
  const std::shared_ptr<reuse_model> model_;
  const std::size_t sharers_;
  const std::uint32_t most_lessons_;  // open questions
};

}  // namespace stoker
