#include "apps/replay/simulation.hpp"

#include <algorithm>

#include "messages/bring.hpp"
#include "messages/key.hpp"
#include "messages/model.hpp"

namespace stoker::replaying {

namespace {

constexpr time_point epoch{};  // nothing expires in a replay
// What the eviction is promised of restored keys: of a snapshot, which knows no order, and of the least and
// the best of those that the predictor finds worth it.
constexpr float snapshot_probability = 0.4F;
constexpr float least_probability = 0.25F;
constexpr float best_probability = 0.7F;

// Accesses: how long before each step of a look-up what it reads is fetched.
constexpr std::uint32_t rows_ahead = 12;
constexpr std::uint32_t soon_ahead = 8;
constexpr std::uint32_t next_ahead = 4;

memory_cache_config cache_config(const replay_options& options) {
  memory_cache_config config;
  config.capacity_entries = options.cache_entries;
  config.policy = options.eviction_policy;
  config.prefetched_first_to_go = false;
  config.shards = 1;
  config.every_departure = true;
  return config;
}

predictor_config prediction_config(const trace& recorded, const replay_options& options) {
  predictor_config config;
  config.kind = options.predictor;
  config.point = options.point;
  config.cache_entries = static_cast<std::uint32_t>(options.cache_entries);
  config.delay = options.delay;
  config.opaque_keys = options.opaque_keys;
  config.foreign_eviction = options.eviction_policy == eviction::lru;
  // Whatever is in the trace fits, with as many neighbours that are not.
  config.max_keys = std::max(config.max_keys, static_cast<std::uint32_t>(recorded.keys.size()) * 2);
  return config;
}

access_outcome outcome_of(lookup found) {
  switch (found) {
    case lookup::hit:
      return access_outcome::hit;
    case lookup::first_use:
      return access_outcome::first_use;
    case lookup::miss:
      break;
  }
  return access_outcome::miss;
}

}  // namespace

simulation::simulation(const trace& recorded, const replay_options& options)
    : trace_(recorded),
      options_(options),
      cache_(cache_config(options)),
      predictor_(make_predictor(prediction_config(recorded, options))) {
  keys_.reserve(recorded.keys.size());
  for (const auto& key : recorded.keys) keys_.push_back({hash_key(key), no_key});
}

// What the next accesses will read starts to come from memory: otherwise a sixth of the
// time goes into waiting for it.
void simulation::look_ahead() const {
  const auto& accesses = trace_.accesses;
  if (now_ + rows_ahead >= accesses.size()) return;
  bring(&keys_[accesses[now_ + rows_ahead]]);
  const auto& soon = keys_[accesses[now_ + soon_ahead]];
  const auto& next = keys_[accesses[now_ + next_ahead]];
  cache_.expect(soon.hash, next.hash);
  if (soon.id == no_key) bring(&trace_.keys[accesses[now_ + soon_ahead]]);
  predictor_->expect_soon(soon.id);
  predictor_->expect_next(next.id);
  predictor_->expect_soon(predictor_->names().prefetch_hash(likely_departure_));
}

bool simulation::step() {
  look_ahead();
  const auto trace_key = trace_.accesses[now_];
  const std::uint64_t stream = trace_.subjects.empty() ? 0 : trace_.subjects[now_];
  ++now_;
  const auto key = known(trace_key);
  const auto outcome = look_up(trace_key);
  const bool hit = outcome == access_outcome::hit || outcome == access_outcome::first_use;
  ++counts_.requests;
  if (hit) ++counts_.hits;
  if (options_.predictor == predictor_kind::none) return hit;
  if (!hit) report_departures();  // a hit sends nothing away
  prefetch(predictor_->demanded({key, stream, outcome}));
  return hit;
}

key_id simulation::known(std::uint32_t trace_key) {
  auto& key = keys_[trace_key];
  if (key.id != no_key || options_.predictor == predictor_kind::none) return key.id;
  key.id = predictor_->intern(trace_.keys[trace_key], key.hash);
  return key.id;
}

// Where the predictor has the name, its copy: it reads that anyway.
std::string_view simulation::name_of(std::uint32_t trace_key) const {
  const auto id = keys_[trace_key].id;
  return id == no_key ? std::string_view(trace_.keys[trace_key]) : predictor_->names().name(id);
}

access_outcome simulation::look_up(std::uint32_t trace_key) {
  const auto& key = keys_[trace_key];
  // A demand load takes no time here.
  const auto found =
      cache_.get_or_fill(name_of(trace_key), key.hash, nothing_, entry_options{}, epoch).outcome;
  if (found != lookup::first_use) return outcome_of(found);
  if (options_.delay > 0 && arrivals_[key.id] > now_) {
    counts_.late_credit += 1 - static_cast<double>(arrivals_[key.id] - now_) / options_.delay;
    return access_outcome::late;
  }
  ++counts_.useful_prefetches;
  return access_outcome::first_use;
}

void simulation::prefetch(std::span<const proposal> proposals) {
  for (const auto& p : proposals) {
    const auto key = p.key;
    if (!fill(key, p.probability)) {
      predictor_->refused(key, true);
      continue;
    }
    predictor_->issued(key);
    if (options_.delay == 0) continue;
    if (key >= arrivals_.size()) arrivals_.resize(key + 1);
    arrivals_[key] = now_ + options_.delay;
  }
  if (!proposals.empty()) report_departures();
}

bool simulation::fill(key_id key, float probability) {
  const auto name = predictor_->names().name(key);
  const auto hash = predictor_->names().hash(key);
  const auto token = cache_.begin_fill(name, hash);
  entry_options options;
  options.probability = probability;
  if (cache_.fill(name, hash, token, nothing_, options, filled_by::warmer, epoch) != fill_result::stored)
    return false;
  ++counts_.prefetches;
  return true;
}

void simulation::report_departures() {
  departures_.clear();
  cache_.take_departures(departures_);
  for (const auto& left : departures_)
    if (const auto found = predictor_->names().find_hash(left.key_hash))
      predictor_->departed(*found, left.used);
  likely_departure_ = cache_.likely_departure(likely_departure_);
  predictor_->names().prefetch_slot(likely_departure_);
}

void simulation::restart(restore_from from) {
  std::vector<std::string> keys;
  if (from == restore_from::snapshot) {
    memory_cache::listing at;
    std::vector<entry_info> entries;
    while (cache_.list(at, epoch, entries)) continue;
    for (auto& entry : entries) keys.push_back(std::move(entry.key));
  }
  const auto saved = from == restore_from::history ? encode_model(predictor_->save()) : std::string();
  cache_.clear();
  predictor_ = make_predictor(prediction_config(trace_, options_));
  for (auto& key : keys_) key.id = no_key;
  if (const auto model = decode_model(saved)) predictor_->restore(*model);
  if (from == restore_from::history)
    for (const auto key : predictor_->worth_restoring(options_.cache_entries))
      keys.emplace_back(predictor_->names().name(key));
  std::reverse(keys.begin(), keys.end());  // the best last: it is the newest then
  if (from == restore_from::history)
    restore_keys(keys, least_probability, best_probability);
  else
    restore_keys(keys, snapshot_probability, snapshot_probability);
}

// REQUIRES: the best last. Promises `least` of the first, and of each one more.
void simulation::restore_keys(const std::vector<std::string>& keys, float least, float best) {
  const float step = (best - least) / static_cast<float>(keys.size() + 1);
  for (const auto& name : keys) {
    const auto key = predictor_->intern(name);
    if (fill(key, least += step)) predictor_->issued(key);
  }
  report_departures();
}

}  // namespace stoker::replaying
