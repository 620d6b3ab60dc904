// Judges candidates, and learns from what becomes of every one that it judged.
//
// Two scales. The likelihood ranks: it learns from each answer as it comes, so that a pattern that begins is
// seen at once. Since yes comes sooner than no, it flatters; the calibration, which learns from outcomes in
// the order of the questions, makes a probability of it: by a curve for each kind of source, and apart for
// streams that are foreseen well. There what seems unlikely comes true by a later, better source more often.
//
// Its probabilities mean: demanded within the horizon, and not before a prefetch could have arrived. The
// horizon is a share of the time that an entry stays in the cache: a prefetch that takes longer to pay blocks
// room that others use better (a whole residence time costs 0.4 points at equal load). Ownership: owns the
// weights and the open questions. Threads: none of its own. Determinism: own seeded randomness.
#pragma once

#include <array>
#include <cstdint>

#include "actors/prediction/calibration.hpp"
#include "actors/prediction/evidence.hpp"
#include "actors/prediction/likelihood.hpp"
#include "actors/prediction/open_questions.hpp"

namespace stoker::learning {

class judge {
 public:
  static constexpr std::uint32_t well_foreseen = 8;  // a coverage_level()
  static constexpr std::size_t curves = cell_layout::kinds * 2;
  static constexpr std::size_t logit_levels = 16;
  // By curve and the logit as judged: of the candidates open at the first look, the share that was demanded
  // by the horizon.
  using shares_by_logit = std::array<float, curves * logit_levels>;

  // `questions`: how many may be open at a time; a power of two.
  explicit judge(std::uint32_t questions) : questions_(questions) {}
  // From now on so many may be open, if they are more.
  void grow_to(std::uint32_t questions) { questions_.grow_to(questions); }

  struct opinion {
    evidence cells{};
    float logit = 0;
    float probability = 0;       // calibrated
    bool asked_already = false;  // the same source has spoken for the same candidate, and it is open
    std::uint32_t voices = 0;
    std::uint8_t curve = 0;  // that made the probability
  };

  // Voices that are open for the candidate already, `source_key`'s own among them.
  opinion judge_candidate(candidate_source kind, const track_record& record, const situation& at,
                          key_id source_key, const key_facts& source, key_id candidate_key,
                          const key_facts& candidate);
  // Remembers the candidate until it is known what becomes of it; unlikely ones are sampled. `worth`: it is
  // worth a proposal, or would be if it were not on its way already: it overtakes what is open about it.
  void ask(const opinion& about, candidate_source kind, key_id source_key, key_id candidate, bool worth,
           std::uint32_t now);

  // Starts to bring what a judgement of the key will read.
  void prefetch(key_id key) const noexcept { questions_.prefetch(key); }

  // How the demanded key was thought of.
  struct expectation {
    bool expected = false;
    float logit = 0;
  };
  expectation demanded(key_id key, std::uint32_t now, std::uint32_t delay);
  // An unused prefetch of it left the cache, or it is not known any more: all that is open about it is
  // answered no.
  void missed_out(key_id key);

  // Ends questions whose time is up: calls closed(question, useful) for each.
  template <class Closed>
  void advance(std::uint32_t now, std::uint32_t horizon, std::uint32_t delay, Closed closed) {
    questions_.advance(
        now, first_look(horizon) + delay, horizon + delay, [this](question& q) { look(q); },
        [&](question& q) {
          close(q);
          closed(q, q.answer == question::answer::yes);
        });
  }

  // As open_questions::closed_after().
  const question& closed_after(std::uint32_t others) const noexcept {
    return questions_.closed_after(others);
  }

  // Of evidence alone, without asking.
  float probability(candidate_source kind, const situation& at, const evidence& cells) const noexcept {
    return curves_[curve_of(kind, at)].probability(likelihood_.logit(cells));
  }

  static std::uint8_t curve_of(candidate_source kind, const situation& at) noexcept {
    return static_cast<std::uint8_t>(static_cast<std::uint32_t>(kind) * 2 + (at.coverage >= well_foreseen));
  }
  calibration& curve(std::size_t i) noexcept { return curves_[i]; }
  const calibration& curve(std::size_t i) const noexcept { return curves_[i]; }
  const likelihood& weights() const noexcept { return likelihood_; }
  likelihood& weights() noexcept { return likelihood_; }
  const shares_by_logit& later_shares() const noexcept { return later_shares_; }
  void restore_later_shares(const shares_by_logit& shares) { later_shares_ = shares; }
  std::size_t memory_bytes() const noexcept { return likelihood_.memory_bytes() + questions_.memory_bytes(); }

 private:
  std::uint32_t first_look(std::uint32_t horizon) const;
  void look(question& q);
  void answer(question& q, bool useful);
  void close(question& q);
  bool sampled();
  void overtake(key_id candidate, std::uint32_t now);

  likelihood likelihood_;
  std::array<calibration, curves> curves_;
  open_questions questions_;
  shares_by_logit later_shares_{};
  float usual_wait_ = 0;  // requests from a judgement to the demand
  std::uint64_t random_ = 0x2545f4914f6cdd1d;
};

}  // namespace stoker::learning
