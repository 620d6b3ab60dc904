// What a learning predictor tells about itself, and how it is saved and restored.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "actors/prediction/learning_predictor.hpp"
#include "actors/prediction/quantise.hpp"

namespace stoker::learning {

namespace {

constexpr std::uint32_t demands_until_silent = 10'000;
constexpr std::uint64_t outcomes_to_judge_precision = 20;

std::uint32_t packed(const successor& s) {
  return s.count | std::uint32_t{s.rank} << 6 | std::uint32_t{s.history} << 8 |
         std::uint32_t{s.proposed} << 16 | std::uint32_t{s.used} << 24;
}

successor unpacked(std::uint32_t key, std::uint32_t facts) {
  successor s{};
  s.key = key;
  s.rank = facts >> 6 & 3;
  s.count = facts & successor::most_count;
  s.history = static_cast<std::uint8_t>(std::max(1U, facts >> 8 & 0xff));
  s.proposed = facts >> 16 & 0xf;
  s.used = facts >> 24 & 0xf;
  return s;
}

}  // namespace

std::vector<proposal> learning_predictor::explain(key_id key) const {
  std::vector<proposal> result;
  if (key >= facts_.size()) return result;
  const auto& source = facts_[key];
  situation at;
  at.now = clock_;
  at.delay = config_.delay;
  at.trigger_gap = source.last_gap;
  for (const auto& s : lists_.of(source)) {
    const track_record record{source.occurrences, s.count, s.history, s.proposed, s.used, s.rank};
    const auto cells = quantise(candidate_source::successor, record, at, {}, source, facts_[s.key]);
    result.push_back({s.key, judge_.probability(candidate_source::successor, at, cells),
                      candidate_source::successor, key, source.occurrences});
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const proposal& a, const proposal& b) { return a.probability > b.probability; });
  return result;
}

// A source of its own for the calibration: what it believes is looked up like a track record of 16
// occurrences.
std::optional<proposal> learning_predictor::considered(key_id key, float belief) {
  ensure_known(key);
  proposals_.clear();
  if (resident_.contains(key)) return std::nullopt;
  situation at;
  at.now = clock_;
  at.delay = config_.delay;
  const track_record record{16, bucket(belief * 16, 16), 0, 0, 0};
  const auto opinion =
      judge_.judge_candidate(candidate_source::external, record, at, no_key, facts_[key], key, facts_[key]);
  const bool worth = opinion.logit >= controller_.threshold_logit();
  judge_.ask(opinion, candidate_source::external, no_key, key, worth, clock_);
  if (!worth) return std::nullopt;
  proposals_.push_back({key, opinion.probability, candidate_source::external, no_key, facts_[key].demands});
  rank_proposals();
  return proposals_.empty() ? std::nullopt : std::optional(proposals_.front());
}

std::vector<key_id> learning_predictor::worth_restoring(std::size_t limit) const {
  // Demands per time since the last one, and the gap before it: frequent, recent and steady ones first.
  const auto worth = [this](key_id key) {
    const auto& facts = facts_[key];
    const float age = static_cast<float>(clock_ - facts.last_demand + 1);
    const float gap = facts.demands > 1 ? std::exp2(static_cast<float>(facts.last_gap) / 2) : 0;
    return static_cast<float>(facts.demands) / (age + gap);
  };
  std::vector<key_id> known;
  for (key_id key = 0; key < facts_.size(); ++key)
    if (facts_[key].demands > 0) known.push_back(key);
  const auto kept = std::min(limit, known.size());
  std::partial_sort(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(kept), known.end(),
                    [&](key_id a, key_id b) {
                      const float x = worth(a);
                      const float y = worth(b);
                      return x != y ? x > y : a < b;
                    });
  known.resize(kept);
  return known;
}

predictor_report learning_predictor::report() const {
  auto result = counts_;
  result.keys = facts_.size();
  const auto outcomes = result.used + result.wasted;
  if (outcomes >= outcomes_to_judge_precision)
    result.precision = static_cast<double>(result.used) / static_cast<double>(outcomes);
  if (result.proposed > 0) result.promised_precision = promised_ / static_cast<double>(result.proposed);
  result.origin_load = controller_.load();
  result.baseline_miss_ratio = controller_.baseline_miss_ratio();
  result.threshold = judge_.curve(judge::curve_of(candidate_source::successor, {}))
                         .probability(controller_.threshold_logit());
  result.delay = config_.delay;
  result.memory_bytes = memory_bytes();
  result.silent = clock_ - last_proposal_ >= std::min(demands_until_silent, std::max(1U, clock_));
  if (result.silent)
    result.silent_because = clock_ < demands_until_silent
                                ? "too little seen yet"
                                : "no candidate was likely enough to be worth its load";
  return result;
}

predictor_model learning_predictor::save() const {
  predictor_model model;
  model.clock = clock_;
  for (key_id key = 0; key < facts_.size(); ++key) {
    const auto& facts = facts_[key];
    model.keys.emplace_back(key < names_.size() ? names_.name(key) : std::string_view{});
    model.last_demands.push_back(facts.last_demand);
    model.demands.push_back(facts.demands);
    model.last_gaps.push_back(facts.last_gap);
    model.occurrences.push_back(facts.occurrences);
    model.list_lengths.push_back(facts.successors);
    for (const auto& s : lists_.of(facts)) {
      model.successors.push_back(s.key);
      model.successor_facts.push_back(packed(s));
    }
  }
  model.weights = judge_.weights().weights();
  model.lessons = judge_.weights().lessons();
  model.later_shares.assign(judge_.later_shares().begin(), judge_.later_shares().end());
  for (std::size_t i = 0; i < judge::curves; ++i) {
    const auto& shares = judge_.curve(i).shares();
    model.calibration.insert(model.calibration.end(), shares.begin(), shares.end());
  }
  model.episodes = episodes_.save();
  model.baseline_demands = controller_.baseline_demands();
  model.baseline_misses = controller_.baseline_misses();
  return model;
}

bool learning_predictor::restore(const predictor_model& model) {
  const bool fits = model.keys.size() <= config_.max_keys && model.weights.size() == cell_layout::cells &&
                    model.lessons.size() == cell_layout::cells &&
                    model.later_shares.size() == judge_.later_shares().size() &&
                    model.calibration.size() == calibration::knots * judge::curves &&
                    model.successors.size() == model.successor_facts.size() &&
                    std::all_of(model.list_lengths.begin(), model.list_lengths.end(),
                                [](std::uint8_t n) { return n <= successor_lists::longest; });
  if (!fits) return false;
  learning_predictor fresh(config_);
  if (!fresh.take(model)) return false;
  *this = std::move(fresh);
  return true;
}

// REQUIRES: nothing learned yet. Returns false when a key stands there twice.
bool learning_predictor::take(const predictor_model& model) {
  clock_ = model.clock;
  last_proposal_ = clock_;
  std::size_t next = 0;
  for (key_id key = 0; key < model.keys.size(); ++key) {
    if (intern(model.keys[key]) != key) return false;
    auto& facts = facts_[key];
    facts.last_demand = model.last_demands[key];
    facts.demands = model.demands[key];
    facts.last_gap = model.last_gaps[key] & key_facts::most_gap;
    facts.occurrences = std::min(model.occurrences[key], key_facts::most_occurrences) & 0x3f;
    for (int i = 0; i < model.list_lengths[key]; ++i, ++next) {
      const auto known = unpacked(model.successors[next], model.successor_facts[next]);
      lists_.append(facts, known);
      if (known.used > 0) facts.helpful = 1;
    }
  }
  episodes_.restore(model.episodes, clock_);
  judge_.weights().restore(model.weights, model.lessons);
  judge::shares_by_logit later{};
  std::copy(model.later_shares.begin(), model.later_shares.end(), later.begin());
  judge_.restore_later_shares(later);
  for (std::size_t i = 0; i < judge::curves; ++i) {
    std::array<float, calibration::knots> shares{};
    std::copy_n(model.calibration.begin() + static_cast<std::ptrdiff_t>(i * shares.size()), shares.size(),
                shares.begin());
    judge_.curve(i).restore(shares);
  }
  controller_.restore(model.baseline_demands, model.baseline_misses);
  return true;
}

}  // namespace stoker::learning
