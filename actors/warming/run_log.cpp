#include "actors/warming/run_log.hpp"

#include <algorithm>

#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr std::uint64_t no_run = 0;

double ratio(std::uint64_t hits, std::uint64_t requests) {
  return static_cast<double>(hits) / static_cast<double>(requests);
}

bool is_hit(const access_record& record) {
  return record.outcome == access_outcome::hit || record.outcome == access_outcome::first_use;
}

}  // namespace

void validate(const run_log_limits& limits) {
  if (limits.reports == 0 || limits.window_requests == 0)
    throw error{errc::invalid_argument, "run log: room for reports, and a window, must be given"};
}

void run_log::add(const warm_report& report, std::vector<std::string> keys) {
  reports_.push_back(report);
  if (reports_.size() > limits_.reports) reports_.pop_front();
  if (after_.size() >= limits_.reports) after_.erase(after_.begin());
  after_.push_back({report.run, 0, 0});
  if (keys.empty()) return;
  for (const auto& key : keys) put_by_[hash_key(key)] = report.run;
  stored_keys_ += keys.size();
  stored_.push_back({report.run, std::move(keys)});
  const auto too_many = [this] { return stored_keys_ > limits_.keys || stored_.size() > limits_.reports; };
  while (stored_.size() > 1 && too_many()) forget_oldest_keys();
}

void run_log::forget_oldest_keys() {
  take_keys(stored_.front().run);
}

void run_log::put_again(const std::string& key) {
  const auto found = put_by_.find(hash_key(key));
  if (found != put_by_.end()) found->second = no_run;
}

// True once the window is whole. What comes in one batch counts as a whole: a window may be a little longer.
bool run_log::fill(window& open, std::uint64_t requests, std::uint64_t hits) const {
  open.requests += requests;
  open.hits += hits;
  return open.requests >= limits_.window_requests;
}

void run_log::observe(const access_batch& batch) {
  const auto estimates = std::count_if(batch.records.begin(), batch.records.end(), [](const auto& record) {
    return record.outcome == access_outcome::sampled;
  });
  const std::uint64_t requests = batch.records.size() - static_cast<std::uint64_t>(estimates);
  if (requests == 0) return;
  const auto hits =
      static_cast<std::uint64_t>(std::count_if(batch.records.begin(), batch.records.end(), is_hit));
  if (fill(current_, requests, hits)) {
    recent_hit_ratio_ = ratio(current_.hits, current_.requests);
    current_ = {};
  }
  std::erase_if(after_, [&](window& open) {
    if (!fill(open, requests, hits)) return false;
    if (auto* report = find(open.run)) report->hit_ratio_after = ratio(open.hits, open.requests);
    return true;
  });
}

warm_report* run_log::find(std::uint64_t run) {
  if (run == no_run) return reports_.empty() ? nullptr : &reports_.back();
  const auto found = std::find_if(reports_.begin(), reports_.end(),
                                  [run](const warm_report& each) { return each.run == run; });
  return found == reports_.end() ? nullptr : &*found;
}

std::optional<std::vector<std::string>> run_log::take_keys(std::uint64_t run) {
  const auto found =
      std::find_if(stored_.begin(), stored_.end(), [run](const stored& each) { return each.run == run; });
  if (found == stored_.end()) return std::nullopt;
  auto keys = std::move(found->keys);
  stored_keys_ -= keys.size();
  stored_.erase(found);
  std::erase_if(keys, [&](const std::string& key) {
    const auto latest = put_by_.find(hash_key(key));
    if (latest == put_by_.end()) return true;
    if (latest->second != run && latest->second != no_run) return true;
    const auto by_run = latest->second == run;
    put_by_.erase(latest);
    return !by_run;
  });
  return keys;
}

}  // namespace stoker
