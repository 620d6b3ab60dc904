// Plans, runs and receipts to test runs with.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/warming/run.hpp"

namespace stoker::test {

using namespace std::chrono_literals;

inline const time_point start{1000h};

inline candidate item(const std::string& key, std::vector<std::string> dependencies = {}) {
  candidate result;
  result.key = key;
  result.strategy = "popular";
  result.probability = 0.5;
  result.bytes = 10;
  result.dependencies = std::move(dependencies);
  return result;
}

inline warm_plan plan_of(std::vector<std::vector<candidate>> phases) {
  warm_plan plan;
  plan.cache = "pages";
  for (auto& items : phases) plan.phases.push_back({10, 0, std::move(items)});
  return plan;
}

inline warm_plan numbered(int items) {
  std::vector<candidate> all;
  for (int i = 0; i < items; ++i) all.push_back(item("k" + std::to_string(i)));
  return plan_of({std::move(all)});
}

inline warm_report header() {
  warm_report report;
  report.run = 7;
  report.started_at = start;
  report.budget_bytes = 1 << 30;
  return report;
}

inline run_settings ten_at_once() {
  run_settings settings;
  settings.workers = 10;
  return settings;
}

inline run make_run(warm_plan plan, const run_settings& settings = ten_at_once()) {
  return run{std::move(plan), settings, header(), start + 1h};
}

inline load_receipt receipt(const std::string& key, load_status status, std::uint32_t bytes = 10) {
  load_receipt result;
  result.key = key;
  result.status = status;
  result.bytes = bytes;
  result.took = 5ms;
  return result;
}

inline std::string keys_of(const std::vector<load_item>& items) {
  std::string keys;
  for (const auto& each : items) keys += each.key + " ";
  return keys;
}

inline void store_all(run& tested, const std::vector<load_item>& items, time_point now = start) {
  for (const auto& each : items) tested.settle(receipt(each.key, load_status::stored), 0, now);
}

inline std::string reason_of(const warm_report& report, const std::string& key) {
  for (const auto& problem : report.problems)
    if (problem.key == key) return problem.reason;
  return "no problem";
}

}  // namespace stoker::test
