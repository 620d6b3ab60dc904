#include "actors/prediction/learning_predictor.hpp"

#include <algorithm>
#include <bit>

#include "actors/prediction/quantise.hpp"
#include "messages/bring.hpp"

namespace stoker::learning {

namespace {

// A prefetch should pay within this share of the time that an entry stays.
constexpr float horizon_share = 0.07F;
// What followed later than this many horizons would not pay when it is prefetched.
constexpr std::uint32_t reach_horizons = 2;
// Of a replayed sequence this much is looked at even where entries hardly stay.
constexpr std::uint32_t shortest_reach = 16;  // requests
constexpr float shortest_horizon = 4;         // requests
constexpr float longest_horizon = 1e8F;
constexpr float insertion_smoothing = 0.0005F;
constexpr float coverage_smoothing = 0.1F;

constexpr std::uint32_t least_questions = 1024;
constexpr std::uint32_t most_questions = 64 * 1024;
constexpr std::uint32_t questions_a_request = 16;  // that are open for as long as a prefetch takes

// What lists may take: so many bytes per known key, less what each entry of the cache costs elsewhere (the
// eviction's memory, open questions, the shadow directory), so that all together stays below 80 bytes per
// key. Small models are let alone.
constexpr std::size_t list_bytes_per_key = 50;
constexpr std::size_t bytes_per_entry = 110;
constexpr std::size_t least_list_bytes_per_key = 24;
constexpr std::size_t keys_let_alone = 50'000;
constexpr int trims_per_growth = 1;
// How far ahead things start to come from memory.
constexpr key_id trims_ahead = 8;
constexpr std::uint32_t rows_ahead = 6;  // questions to be closed
constexpr std::uint32_t lists_ahead = 3;

constexpr std::uint32_t unseen_sampled = 8;  // one in so many unlikely neighbours never seen teaches
constexpr std::size_t most_proposals = 8;    // of one access
constexpr int victims_sampled = 8;
// A key that was foreseen has its sources: new ones are linked to it from so many would-misses back only.
constexpr std::uint32_t linked_when_foreseen = 1;
// What is further back only fills a list that is short: it does not replace what is nearer.
constexpr std::uint32_t near_would_misses = 4;
constexpr std::uint8_t filled_from_afar = 8;

// 0: it followed directly. Else the second, fourth or eighth would-miss back, at most.
std::uint32_t rank_of(std::uint32_t would_misses_back) {
  return std::min(3U, octave(would_misses_back) - (would_misses_back > 2 ? 1 : 0));
}

std::uint32_t question_room(std::uint32_t cache_entries, std::uint32_t delay) {
  const auto waiting = questions_a_request * std::min(delay, stream_contexts::longest_delay);
  return std::bit_ceil(std::clamp(cache_entries / 4 + waiting, least_questions, most_questions));
}

// Several sources may mean the same key, each with a probability of its own.
void keep_likeliest_of_each_key(std::vector<proposal>& proposals) {
  std::sort(proposals.begin(), proposals.end(), [](const proposal& a, const proposal& b) {
    return a.key != b.key ? a.key < b.key : a.probability > b.probability;
  });
  const auto same = [](const proposal& a, const proposal& b) { return a.key == b.key; };
  proposals.erase(std::unique(proposals.begin(), proposals.end(), same), proposals.end());
}

}  // namespace

learning_predictor::learning_predictor(const predictor_config& config)
    : config_(config),
      names_(config.max_keys),
      judge_(question_room(config.cache_entries, config.delay)),
      controller_(config.point, config.cache_entries, config.foreign_eviction) {
  controller_.set_delay(config.delay);
}

void learning_predictor::expect_soon(key_id key) const noexcept {
  if (key >= facts_.size()) return;
  bring(&facts_[key]);
  judge_.prefetch(key);
  episodes_.prefetch_position(key);
  names_.prefetch_name(key);
}

void learning_predictor::expect_next(key_id key) const noexcept {
  if (key >= facts_.size()) return;
  lists_.prefetch(facts_[key]);
  episodes_.prefetch_event(key);
}

std::span<const proposal> learning_predictor::demanded(const demand& access) {
  ++clock_;
  proposals_.clear();
  ensure_known(access.key);
  judge_.advance(clock_, horizon(), config_.delay,
                 [this](const question& q, bool useful) { close(q, useful); });
  count_outcome(access);
  const auto expectation = judge_.demanded(access.key, clock_, config_.delay);
  contexts_.ripen(clock_, config_.delay);
  auto& context = contexts_.of(access.stream);
  const bool would_miss = access.outcome != access_outcome::hit;
  if (would_miss)
    context.coverage += ((expectation.expected ? 1.0F : 0.0F) - context.coverage) * coverage_smoothing;
  const bool repeated = context.previous == access.key;
  context.previous = access.key;
  const bool foreseen = expectation.expected && expectation.logit >= controller_.threshold_logit();
  if (!repeated) link_sources(access, context, would_miss, foreseen);

  auto& facts = facts_[access.key];
  note_demand(access.key);
  contexts_.note(access.stream, access.key, would_miss, clock_, config_.delay);
  if (repeated) return {};  // what follows has been judged
  lists_.occurred(facts);
  const situation at{clock_,
                     config_.delay,
                     access.outcome,
                     coverage_level(context.coverage),
                     trigger_level(expectation.expected, expectation.logit),
                     facts.last_gap};
  // A plain hit seldom tells more than the miss before it: it speaks for keys whose successors came true
  // once. That costs 0.08 points, and saves a fifth of the time.
  if (would_miss || facts.helpful) propose_successors(access.key, at);
  if (would_miss) propose_episodes(access.key, at);
  if (!config_.opaque_keys) propose_neighbours(access.key, would_miss, at);
  rank_proposals();
  return proposals_;
}

void learning_predictor::count_outcome(const demand& access) {
  ++counts_.accesses;
  const bool missed = access.outcome == access_outcome::miss || access.outcome == access_outcome::late;
  controller_.demanded(access.key, missed);
  const auto insertions = static_cast<float>(inserted_now_ + (missed ? 1 : 0));
  insertions_ += (insertions - insertions_) * std::max(insertion_smoothing, 1 / static_cast<float>(clock_));
  inserted_now_ = 0;
  if (access.outcome == access_outcome::first_use) ++counts_.used;
  if (access.outcome == access_outcome::late) ++counts_.late;
}

std::uint32_t learning_predictor::horizon() const {
  const float stay = static_cast<float>(config_.cache_entries) / std::max(insertions_, 1e-6F);
  return static_cast<std::uint32_t>(std::clamp(stay * horizon_share, shortest_horizon, longest_horizon));
}

// What the next answers will read starts to come from memory.
void learning_predictor::expect_closing() const noexcept {
  const auto& soon = judge_.closed_after(rows_ahead).source_key;
  if (soon < facts_.size()) bring(&facts_[soon]);
  const auto& next = judge_.closed_after(lists_ahead).source_key;
  if (next < facts_.size()) lists_.prefetch(facts_[next]);
}

void learning_predictor::close(const question& q, bool useful) {
  expect_closing();
  const float promised = q.probability;
  auto& bin = counts_.calibration[bucket(promised * 10, 9)];
  bin.candidates += q.weight;
  bin.promised += q.weight * promised;
  bin.demanded += useful ? q.weight : 0;
  if (q.source != candidate_source::successor || q.overtaken()) return;
  auto& source = facts_[q.source_key];
  for (auto& s : lists_.of(source))
    if (s.key == q.key) successor_lists::judged(s, useful);
  if (useful) source.helpful = 1;
}

// What followed directly is worth knowing of every access; what came with some distance, of would-misses
// alone.
void learning_predictor::link_sources(const demand& access, const stream_context& context, bool would_miss,
                                      bool foreseen) {
  const auto reach = reach_horizons * horizon() + config_.delay;
  const auto link = [&](past_demand source, std::uint32_t back) {
    auto& facts = facts_[source.key];
    const bool other = source.key != access.key;
    const bool near = clock_ - source.at <= reach;
    if (!(other & near) | successor_lists::complete(facts)) return;  // one guess instead of three
    if (lists_.confirm(facts, access.key, rank_of(back))) return;
    if (foreseen && back > linked_when_foreseen) return;
    if (back > near_would_misses && facts.successors >= filled_from_afar) return;
    lists_.add(facts, access.key, rank_of(back));
  };
  const auto in_use = lists_.in_use();
  const auto& direct = context.latest;
  if (direct.key != no_key) link(direct, 0);
  if (would_miss)
    context.each_would_miss([&](past_demand source, std::uint32_t back) {
      if (source.key != direct.key) link(source, back);
    });
  if (lists_.in_use() > in_use) trim_lists();
}

void learning_predictor::note_demand(key_id key) {
  auto& facts = facts_[key];
  if (facts.demands > 0) facts.last_gap = half_octave(clock_ - facts.last_demand) & key_facts::most_gap;
  if (facts.demands < key_facts::most_demands) ++facts.demands;
  facts.last_demand = clock_;
  resident_.insert(key);
  facts.unused = 0;
}

// In the cache, and not waiting for its first demand: nothing to be judged.
bool learning_predictor::is_settled(key_id key) const {
  return resident_.contains(key) && facts_[key].unused == 0;
}

void learning_predictor::propose_successors(key_id key, const situation& at) {
  const auto& source = facts_[key];
  for (const auto& s : lists_.of(source)) {
    bring(&facts_[s.key]);
    judge_.prefetch(s.key);
  }
  for (const auto& s : lists_.of(source)) {
    if (is_settled(s.key)) continue;
    const track_record record{source.occurrences, s.count, static_cast<std::uint32_t>(s.history >> 1),
                              s.proposed,         s.used,  s.rank};
    weigh(candidate_source::successor, record, at, key, s.key);
  }
}

void learning_predictor::propose_episodes(key_id key, const situation& at) {
  const auto reach = std::max(shortest_reach, horizon());
  const auto& candidates = episodes_.demanded(key, clock_, std::max(1U, config_.delay), reach);
  for (const auto& c : candidates) expect_soon(c.key);
  for (const auto& c : candidates) weigh(candidate_source::episode, c.record, at, key, c.key);
}

void learning_predictor::propose_neighbours(key_id key, bool would_miss, const situation& at) {
  if (!would_miss && neighbours_.silent()) return;
  const auto numbered = parse_numbered_key(names_.name(key));
  if (!numbered) return;
  neighbour_prefix_ = numbered->prefix;  // a new name may move the others
  for (const auto& c : neighbours_.demanded(*numbered, would_miss)) {
    const auto found = neighbour(neighbour_prefix_, c, at, key);
    if (found != no_key) weigh(candidate_source::neighbour, c.record, at, key, found);
  }
}

// The neighbour's number. One never seen gets a name when it is worth a proposal, or as one of a sample to
// learn from.
key_id learning_predictor::neighbour(std::string_view prefix, const numeric_neighbours::candidate& wanted,
                                     const situation& at, key_id source_key) {
  neighbour_name_ = prefix;
  neighbour_name_ += std::to_string(wanted.number);
  if (const auto known = names_.find(neighbour_name_)) return *known;
  if (names_.full()) return no_key;
  const auto cells =
      quantise(candidate_source::neighbour, wanted.record, at, {}, facts_[source_key], key_facts{});
  const bool worth = judge_.weights().logit(cells) >= controller_.threshold_logit();
  if (!worth && clock_ % unseen_sampled != 0) return no_key;
  return intern(neighbour_name_);
}

void learning_predictor::weigh(candidate_source kind, const track_record& record, const situation& at,
                               key_id source_key, key_id candidate) {
  if (candidate == source_key || is_settled(candidate)) return;
  const auto& facts = facts_[candidate];
  const auto opinion =
      judge_.judge_candidate(kind, record, at, source_key, facts_[source_key], candidate, facts);
  const bool worth = opinion.logit >= controller_.threshold_logit();
  if (worth && !resident_.contains(candidate))
    proposals_.push_back({candidate, opinion.probability, kind, source_key, record.occurrences});
  judge_.ask(opinion, kind, source_key, candidate, worth, clock_);
}

void learning_predictor::rank_proposals() {
  if (proposals_.empty()) return;
  keep_likeliest_of_each_key(proposals_);
  std::sort(proposals_.begin(), proposals_.end(), [](const proposal& a, const proposal& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.key < b.key;
  });
  if (proposals_.size() > most_proposals) proposals_.resize(most_proposals);
  for (const auto& p : proposals_) promised_ += p.probability;
  counts_.proposed += proposals_.size();
  last_proposal_ = clock_;
}

void learning_predictor::trim_lists() {
  const auto keys = std::max<std::size_t>(facts_.size(), keys_let_alone);
  const auto elsewhere = std::min((list_bytes_per_key - least_list_bytes_per_key) * keys,
                                  bytes_per_entry * config_.cache_entries);
  const auto budget = (list_bytes_per_key * keys - elsewhere) / sizeof(successor);
  lists_.set_limit(budget + budget / 16);
  if (lists_.in_use() <= budget) return;
  const bool hard = lists_.in_use() > budget + budget / 32;
  for (int i = 0; i < (hard ? 2 * trims_per_growth : trims_per_growth); ++i) {
    if (trim_next_ >= facts_.size()) trim_next_ = 0;
    lists_.trim(facts_[trim_next_++], hard);
    if (trim_next_ + trims_ahead < facts_.size()) lists_.prefetch(facts_[trim_next_ + trims_ahead]);
  }
}

void learning_predictor::issued(key_id key) {
  ++counts_.issued;
  ++inserted_now_;
  controller_.prefetched(key);
  resident_.insert(key);
  facts_[key].unused = 1;
}

void learning_predictor::refused(key_id key, bool resident) {
  if (resident)
    resident_.insert(key);
  else
    resident_.erase(key);
}

void learning_predictor::departed(key_id key, bool used) {
  auto& facts = facts_[key];
  resident_.erase(key);
  if (used || !facts.unused) return;
  facts.unused = 0;
  ++counts_.wasted;
  judge_.missed_out(key);
}

void learning_predictor::cleared() {
  resident_.clear();
  for (auto& facts : facts_) facts.unused = 0;
}

void learning_predictor::set_delay(std::uint32_t requests) {
  config_.delay = requests;
  controller_.set_delay(requests);
  judge_.grow_to(question_room(config_.cache_entries, requests));
}

void learning_predictor::set_point(operating_point point) {
  config_.point = point;
  controller_.set_point(point);
}

void learning_predictor::set_cache_entries(std::uint32_t entries) {
  if (entries == config_.cache_entries || entries == 0) return;
  config_.cache_entries = entries;
  controller_ = load_controller(config_.point, entries, config_.foreign_eviction);
  controller_.set_delay(config_.delay);
  judge_.grow_to(question_room(entries, config_.delay));
}

key_id learning_predictor::intern(std::string_view key, std::uint64_t hash) {
  if (const auto known = names_.find(key, hash)) return *known;
  if (!names_.full()) {
    const auto id = names_.add(key, hash);
    ensure_known(id);
    return id;
  }
  const auto id = least_valuable();
  forget(id);
  names_.rename(id, key, hash);
  return id;
}

void learning_predictor::ensure_known(key_id key) {
  facts_.grow_to(key + std::size_t{1});
}

// Of a few at random: never helped, few demands, long ago.
key_id learning_predictor::least_valuable() {
  const auto worse = [this](key_id a, key_id b) {
    const auto& x = facts_[a];
    const auto& y = facts_[b];
    if (resident_.contains(a) != resident_.contains(b)) return resident_.contains(b);
    if (x.helpful != y.helpful) return y.helpful != 0;
    if (octave(x.demands) != octave(y.demands)) return x.demands < y.demands;
    return clock_ - x.last_demand > clock_ - y.last_demand;
  };
  key_id worst = no_key;
  for (int i = 0; i < victims_sampled; ++i) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    const auto drawn = static_cast<key_id>((random_ >> 32) * facts_.size() >> 32);
    if (worst == no_key || worse(drawn, worst)) worst = drawn;
  }
  return worst;
}

// Lists elsewhere may still name the number: it means another key from now on, and their histories find that
// out.
void learning_predictor::forget(key_id key) {
  judge_.missed_out(key);
  episodes_.forget(key);
  lists_.release(facts_[key]);
  facts_[key] = key_facts{};
  resident_.erase(key);
}

std::size_t learning_predictor::memory_bytes() const {
  return sizeof(*this) + facts_.memory_bytes() + lists_.memory_bytes() + contexts_.memory_bytes() +
         resident_.memory_bytes() + judge_.memory_bytes() + controller_.memory_bytes() +
         episodes_.memory_bytes() + neighbours_.memory_bytes();
}

}  // namespace stoker::learning
