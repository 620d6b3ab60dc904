#include "actors/prediction/live_predictor.hpp"

#include <algorithm>

#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr double cost_smoothing = 1.0 / 64;  // of the latest miss

bool likelier(const prediction& left, const prediction& right) {
  return left.probability != right.probability ? left.probability > right.probability : left.key < right.key;
}

}  // namespace

live_predictor::live_predictor(const predictor_config& config) : core_(make_predictor(config)) {}

key_id live_predictor::number_of(std::string_view key, std::uint64_t hash) {
  const auto found = by_hash_.find(hash);
  if (found != by_hash_.end() && core_->names().name(found->second) == key) return found->second;
  const auto number = core_->intern(key, hash);
  by_hash_[hash] = number;
  return number;
}

void live_predictor::note_cost(const access_record& record) {
  if (record.cost_us == 0) return;
  const auto cost = static_cast<double>(record.cost_us);
  mean_cost_us_ = mean_cost_us_ == 0 ? cost : mean_cost_us_ + cost_smoothing * (cost - mean_cost_us_);
}

void live_predictor::learn(const access_batch& batch, std::vector<prefetch_item>& proposed) {
  core_->set_delay(delay_.requests());
  for (const auto& record : batch.records) {
    ++accesses_;
    note_cost(record);
    const demand access{number_of(batch.key(record), record.hash), record.stream, record.outcome};
    for (const auto& worth : core_->demanded(access)) {
      core_->issued(worth.key);
      delay_.issued(worth.key, accesses_);
      proposed.push_back({std::string{core_->names().name(worth.key)}, worth.probability});
    }
  }
}

void live_predictor::arrived(const std::string& key) {
  if (const auto number = core_->names().find(key)) delay_.arrived(*number, accesses_);
}

void live_predictor::rejected(const std::string& key, bool resident) {
  const auto number = core_->names().find(key);
  if (!number) return;
  delay_.rejected(*number);
  core_->refused(*number, resident);
}

void live_predictor::departed(std::uint64_t hash, bool used) {
  const auto found = by_hash_.find(hash);
  if (found != by_hash_.end()) core_->departed(found->second, used);
}

predictions live_predictor::explain(const predict_request& request) const {
  predictions result;
  for (const auto& key : request.keys) {
    const auto number = core_->names().find(key);
    if (!number) continue;
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
  status.observing = report.observing;
  status.silent = report.silent;
  status.silent_because = report.silent_because;
}

bool live_predictor::restore(const predictor_model& model) {
  if (!core_->restore(model)) return false;
  by_hash_.clear();
  for (key_id number = 0; number < core_->names().size(); ++number)
    by_hash_[hash_key(core_->names().name(number))] = number;
  return true;
}

}  // namespace stoker
