#include "actors/prediction/judge.hpp"

#include <algorithm>
#include <limits>

#include "actors/prediction/quantise.hpp"

namespace stoker::learning {

namespace {

constexpr std::uint32_t most_voices = 4;      // open questions about one candidate
constexpr float unlikely = -3;                // a logit: below it (p = 0.05) candidates are sampled
constexpr std::uint32_t unlikely_weight = 4;  // one in so many; 1 gains 0.05 points and takes twice the time
constexpr float shortest_first_look = 32;     // requests
constexpr float wait_smoothing = 0.01F;
constexpr float share_smoothing = 0.005F;

// Logits fall into 16 buckets, for each curve apart.
std::size_t share_index(const question& q) {
  return q.curve * judge::logit_levels + bucket(q.logit * 1.5F + 8, judge::logit_levels - 1);
}

}  // namespace

judge::opinion judge::judge_candidate(candidate_source kind, const track_record& record, const situation& at,
                                      key_id source_key, const key_facts& source, key_id candidate_key,
                                      const key_facts& candidate) {
  opinion result;
  support others;
  questions_.each_open(candidate_key, [&](const question& q) {
    others.best_logit = others.voices == 0 ? q.logit : std::max(others.best_logit, q.logit);
    ++others.voices;
    if (q.source_key == source_key && q.source == kind) result.asked_already = true;
  });
  result.voices = others.voices;
  result.cells = quantise(kind, record, at, others, source, candidate);
  result.logit = likelihood_.logit(result.cells);
  result.curve = curve_of(kind, at);
  result.probability = curves_[result.curve].probability(result.logit);
  return result;
}

void judge::ask(const opinion& about, candidate_source kind, key_id source_key, key_id candidate, bool worth,
                std::uint32_t now) {
  if (worth) overtake(candidate, now);
  if ((about.asked_already && !worth) || about.voices >= most_voices) return;
  const bool likely = worth || about.logit >= unlikely;
  if (!questions_.has_room(likely) || (!likely && !sampled())) return;
  question q;
  q.key = candidate;
  q.source_key = source_key;
  q.asked = now;
  q.logit = about.logit;
  q.probability = about.probability;
  q.cells = about.cells;
  q.source = kind;
  q.curve = about.curve;
  q.weight = static_cast<std::uint8_t>(likely ? 1 : unlikely_weight);
  questions_.ask(q);
}

void judge::overtake(key_id candidate, std::uint32_t now) {
  constexpr auto longest = std::numeric_limits<std::uint16_t>::max();
  questions_.each_open(candidate, [&](question& q) {
    if (q.overtaken()) return;
    q.overtaken_after = static_cast<std::uint16_t>(std::min<std::uint32_t>(now - q.asked + 1, longest));
  });
}

// xorshift64 (Marsaglia, 2003): a sample needs speed, not quality.
bool judge::sampled() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return (random_ >> 32) % unlikely_weight == 0;
}

judge::expectation judge::demanded(key_id key, std::uint32_t now, std::uint32_t delay) {
  expectation result;
  questions_.each_open(key, [&](question& q) {
    result.logit = result.expected ? std::max(result.logit, q.logit) : q.logit;
    result.expected = true;
    const auto waited = now - q.asked;
    if (waited + 1 < q.overtaken_after + delay) q.overtaken_after = 0;  // the later one came too late
    answer(q, waited >= delay);
    if (waited >= delay) usual_wait_ += (static_cast<float>(waited - delay) - usual_wait_) * wait_smoothing;
  });
  return result;
}

void judge::missed_out(key_id key) {
  questions_.each_open(key, [this](question& q) { answer(q, false); });
}

// What was assumed at the first look is corrected; what was not looked at yet is learned.
void judge::answer(question& q, bool useful) {
  q.answer = useful ? question::answer::yes : question::answer::no;
  if (q.overtaken()) return;
  const float outcome = useful ? 1 : 0;
  if (q.open_at_first_look)
    likelihood_.correct(q.cells, (outcome - later_shares_[share_index(q)]) * q.weight);
  else
    likelihood_.learn(q.cells, outcome, q.weight);
}

// Most demands that come at all come soon; what comes later is corrected at the horizon.
std::uint32_t judge::first_look(std::uint32_t horizon) const {
  return std::min(horizon, static_cast<std::uint32_t>(std::max(shortest_first_look, usual_wait_)));
}

void judge::look(question& q) {
  q.open_at_first_look = q.answer == question::answer::open;
  const float target = q.open_at_first_look                ? later_shares_[share_index(q)]
                       : q.answer == question::answer::yes ? 1.0F
                                                           : 0.0F;
  if (q.open_at_first_look && !q.overtaken()) likelihood_.learn(q.cells, target, q.weight);
  curves_[q.curve].learn(q.logit, target - q.probability, q.weight);
}

void judge::close(question& q) {
  if (q.answer == question::answer::open) answer(q, false);
  if (!q.open_at_first_look) return;
  auto& share = later_shares_[share_index(q)];
  const float error = (q.answer == question::answer::yes ? 1.0F : 0.0F) - share;
  curves_[q.curve].correct(q.logit, error * q.weight);
  share += error * share_smoothing;
}

}  // namespace stoker::learning
