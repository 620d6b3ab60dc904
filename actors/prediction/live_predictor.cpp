#include "actors/prediction/live_predictor.hpp"

#include <algorithm>

#include "messages/key.hpp"

namespace stoker {

namespace {

// 4 MiB at most; forgotten beyond it, a doubt costs one prefetch that is not made.
constexpr std::size_t most_left = 256 * 1024;
constexpr double cost_smoothing = 1.0 / 64;  // of the latest miss

// Records: how long before each step of a demand what it reads is fetched.
constexpr std::size_t slots_ahead = 12;
constexpr std::size_t soon_ahead = 8;
constexpr std::size_t next_ahead = 4;

bool likelier(const prediction& left, const prediction& right) {
  return left.probability != right.probability ? left.probability > right.probability : left.key < right.key;
}

bool is_miss(access_outcome outcome) {
  return outcome == access_outcome::miss || outcome == access_outcome::late;
}

}  // namespace

live_predictor::live_predictor(const predictor_config& config, bool observe,
                               std::optional<believed_content> believed)
    : observe_(observe),
      believed_(std::move(believed)),
      core_(make_predictor(config)),
      shadow_(config.cache_entries) {}

void live_predictor::holds(std::uint32_t entries) {
  core_->set_cache_entries(entries);
  shadow_.holds(entries);
  if (believed_) believed_->holds(entries);
}

void live_predictor::lost_track() {
  core_->cleared();
  if (believed_) believed_->cleared();
}

void live_predictor::note_cost(const access_record& record) {
  if (record.cost_us == 0) return;
  const auto cost = static_cast<double>(record.cost_us);
  mean_cost_us_ = mean_cost_us_ == 0 ? cost : mean_cost_us_ + cost_smoothing * (cost - mean_cost_us_);
}

void live_predictor::learn(const access_batch& batch, std::vector<prefetch_item>& proposed) {
  if (!observe_) core_->set_delay(delay_.requests());
  doubtful_.clear();
  if (believed_) take_believed_departures(batch.taken_at);
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    look_ahead(batch, i);
    const auto& record = batch.records[i];
    if (record.outcome == access_outcome::sampled) continue;
    ++accesses_;
    note_cost(record);
    doubt(batch, record);
    for (const auto& worth : core_->demanded(demand_of(batch, record))) propose(worth, proposed);
  }
}

// What the next records of the batch will read starts to come from memory.
void live_predictor::look_ahead(const access_batch& batch, std::size_t at) const {
  if (at + slots_ahead >= batch.records.size()) return;
  const auto& names = core_->names();
  names.prefetch_slot(batch.records[at + slots_ahead].hash);
  core_->expect_soon(names.prefetch_hash(batch.records[at + soon_ahead].hash));
  core_->expect_next(names.prefetch_hash(batch.records[at + next_ahead].hash));
}

// A key that the model has given up, or never had, is none that it would miss.
void live_predictor::consider(const std::string& key, float belief, std::vector<prefetch_item>& proposed) {
  const auto number = core_->names().find(key);
  if (!number) return;
  if (const auto worth = core_->considered(*number, belief)) propose(*worth, proposed);
}

demand live_predictor::demand_of(const access_batch& batch, const access_record& record) {
  const auto key = core_->intern(batch.key(record), record.hash);
  auto outcome = observe_ ? as_if(key, record.outcome) : record.outcome;
  if (believed_) outcome = as_believed(key, record, outcome);
  if (outcome == access_outcome::first_use) sources_.used(key);
  return {key, record.stream, outcome};
}

// What the user would have met if the proposals had been carried out.
access_outcome live_predictor::as_if(key_id key, access_outcome outcome) {
  const bool hit = shadow_.demanded(key, is_miss(outcome));
  for (const auto expired : shadow_.take_expired()) lose(expired, false);
  return hit ? access_outcome::first_use : outcome;
}

// Whether a hit is the first use of a prefetch, the application that reads such a cache itself can't tell.
access_outcome live_predictor::as_believed(key_id key, const access_record& record, access_outcome outcome) {
  const auto use = believed_->demanded(record.hash, !is_miss(record.outcome), now_);
  if (use.had_left) lose(key, !use.left_unused);
  return use.first && outcome == access_outcome::hit ? access_outcome::first_use : outcome;
}

void live_predictor::take_believed_departures(time_point now) {
  now_ = std::max(now_, now);
  for (const auto& left : believed_->take_departures(now_))
    if (const auto key = core_->names().find_hash(left.hash)) lose(*key, left.used);
}

void live_predictor::propose(const proposal& worth, std::vector<prefetch_item>& proposed) {
  core_->issued(worth.key);
  sources_.issued(worth.key, worth.source);
  if (observe_) return shadow_.issue(worth.key);
  delay_.issued(worth.key, accesses_);
  proposed.push_back({std::string{core_->names().name(worth.key)}, worth.probability});
}

void live_predictor::arrived(const std::string& key) {
  const auto number = core_->names().find(key);
  if (!number) return;
  delay_.arrived(*number, accesses_);
  if (believed_) believed_->arrived(hash_key(key), now_);
}

void live_predictor::rejected(const std::string& key, bool resident) {
  const auto number = core_->names().find(key);
  if (!number) return;
  delay_.rejected(*number);
  sources_.gone(*number);
  core_->refused(*number, resident);
}

void live_predictor::departed(std::uint64_t hash, bool used) {
  const auto found = core_->names().find_hash(hash);
  if (!found) return;
  if (left_.size() >= most_left) left_.clear();
  left_.insert(hash);
  lose(*found, used);
}

void live_predictor::doubt(const access_batch& batch, const access_record& record) {
  if (left_.erase(record.hash) > 0) doubtful_.emplace_back(batch.key(record));
}

void live_predictor::lose(key_id key, bool used) {
  sources_.gone(key);
  core_->departed(key, used);
}

predictions live_predictor::explain(const predict_request& request) const {
  predictions result;
  for (const auto& key : request.keys) {
    const auto number = core_->names().find(key);
    if (!number) {
      result.unknown.push_back(key);
      continue;
    }
    for (const auto& one : core_->explain(*number)) {
      if (one.probability < request.confidence) continue;
      result.candidates.push_back({std::string{core_->names().name(one.key)}, one.probability,
                                   to_string(one.source), key, one.observations,
                                   static_cast<std::uint32_t>(mean_cost_us_)});
    }
  }
  std::sort(result.candidates.begin(), result.candidates.end(), likelier);
  if (result.candidates.size() > request.limit) result.candidates.resize(request.limit);
  return result;
}

void live_predictor::describe(predictor_status& status) const {
  const auto report = core_->report();
  status.accesses = report.accesses;
  status.keys = report.keys;
  status.proposed = report.proposed;
  status.used = report.used;
  status.wasted = report.wasted;
  status.late = report.late;
  status.origin_load = report.origin_load;
  status.threshold = report.threshold;
  status.delay = report.delay;
  status.memory_bytes = report.memory_bytes;
  status.observing = observe_;
  status.silent = report.silent;
  status.silent_because = report.silent_because;
  status.sources = sources_.status();
  if (!observe_) return;
  status.shadow_hits = shadow_.hits();
  status.shadow_load = report.origin_load;
  if (accesses_ > 0)
    status.shadow_gain = static_cast<double>(shadow_.hits()) / static_cast<double>(accesses_);
}

bool live_predictor::restore(const predictor_model& model) {
  return core_->restore(model);
}

}  // namespace stoker
