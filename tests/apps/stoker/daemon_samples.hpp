// Answers of the control API, as apps/control/openapi.json has them.
#pragma once

#include <nlohmann/json.hpp>

namespace stoker::test {

inline nlohmann::json sample_scheduler_json() {
  return nlohmann::json::parse(R"({
    "running": true, "cycles": 1234, "machine_load": 0.4,
    "schedules": [
      {"id": "hourly", "cache": "pages", "kind": "interval", "next_run": "2026-11-27T12:30:00Z",
       "last_run": "2026-11-27T11:30:00Z", "succeeded": true, "result": "40 of 50 warmed", "runs": 7, "failures": 1,
       "in_progress": false, "why": "every hour"},
      {"id": "ahead", "cache": "pages", "kind": "peaks", "next_run": null, "last_run": null, "succeeded": false,
       "result": "", "runs": 0, "failures": 0, "in_progress": true, "why": "waits for a rise"}]})");
}

inline nlohmann::json sample_strategy_json() {
  return nlohmann::json::parse(R"({
    "strategy": "popular", "last_run": "2026-11-27T11:59:00Z", "succeeded": true, "error": "", "warmed": 40, "runs": 7,
    "proof": {"warmed": 1040, "used": 700, "wasted": 300, "measured": 900, "measured_hits": 700, "controls": 420,
              "control_hits": 100, "lift": 0.121, "lift_low": 0.093, "lift_high": 0.149, "precision": 0.7,
              "origin_calls": 1100, "origin_calls_saved": 600, "standing": "proven",
              "because": "its interval lies above zero"}})");
}

inline nlohmann::json sample_status_json() {
  auto status = nlohmann::json::parse(R"({
    "started": true, "at": "2026-11-27T12:00:00Z",
    "actors": [{"name": "warmer pages", "condition": "running", "restarts": 0, "last_failure": ""}],
    "caches": [
      {"cache": "pages", "eviction": "learned", "hits": 900, "misses": 100, "recent_hit_ratio": 0.953, "first_uses": 30,
       "prefetches": 50, "prefetched_wasted": 10, "evictions": 7, "entries": 12345, "bytes": 5242880,
       "capacity_bytes": 67108864, "demand_loads": 101, "demand_failures": 2, "recorded": 1000, "dropped_accesses": 5,
       "hit_ratio": 0.9, "warm": true, "steady_hit_ratio": 0.96, "warmness": 0.993, "time_to_warm_s": 12.5},
      {"cache": "users", "hits": 0, "misses": 0, "recent_hit_ratio": null, "entries": 0, "bytes": 0,
       "capacity_bytes": 0, "hit_ratio": null, "warm": false, "steady_hit_ratio": 0.9, "warmness": 0.41}],
    "warmers": [{"cache": "pages", "active_run": 8, "runs": 7,
                 "progress": {"run": 8, "done": 12, "total": 48, "phase": 1, "phases": 2, "bytes": 1048576}}],
    "predictors": [],
    "origins": [{"origin": "database", "breaker": "open", "demand_loads": 101, "warming_loads": 44, "failures": 4,
                 "shed": 3, "in_flight": 2, "queued": 1, "tokens": null, "mean_load_s": 0.0205}],
    "outside": [{"cache": "sessions", "reachable": false, "trouble": "timed out", "entries": 77, "used_bytes": 3145728,
                 "limit_bytes": 0, "restarts": 6, "emptied": 1}],
    "feeds": [{"feed": "web", "kind": "access_log", "cache": "pages", "connected": false, "recorded": 54321,
               "left_out": 8, "malformed": 9, "dropped": 0, "outages": 2, "last_error": "not there yet"}],
    "tracker": {"keys": 600, "accesses": 1000, "memory_bytes": 65536},
    "history": {"state": "opened", "folder": "/var/lib/stoker/history", "detail": "", "records_waiting": 3,
                "write_errors": 1, "last_error": "no space left", "bytes_on_disk": 2097152},
    "memory": {"level": "high", "used_share": 0.85},
    "arbiter": {"budget_bytes": 104857600, "leased_bytes": 1048576},
    "missing": ["predictor pages"]})");
  status["scheduler"] = sample_scheduler_json();
  status["warmers"][0]["strategies"] = nlohmann::json::array({sample_strategy_json()});
  return status;
}

inline nlohmann::json sample_report_json() {
  return nlohmann::json::parse(R"({
    "run": 8, "cache": "pages", "strategies": ["popular", "recent"], "reason": "command line", "outcome": "completed",
    "error": "", "started_at": "2026-11-27T12:00:00Z", "took_s": 1.25, "candidates": 60, "selected": 50, "warmed": 40,
    "already_fresh": 7, "failed": 2, "dropped": 1, "cancelled": 0, "bytes": 1258291, "budget_bytes": 104857600,
    "fastest_load_s": 0.001, "slowest_load_s": 0.4, "average_load_s": 0.12, "hit_ratio_before": 0.61,
    "hit_ratio_after": null, "loads": 45, "used": 0, "wasted": 0, "accuracy": null, "efficiency": null,
    "efficiency_grade": "unknown", "notes": ["recent: nothing is new"], "warnings": ["a load took 120 ms on average"],
    "problems": [{"key": "/gone", "outcome": "failed", "reason": "connection refused"},
                 {"key_base64": "/w==", "outcome": "dropped", "reason": "the origin has no such key"}],
    "slow_loads": [{"key": "/report", "took_s": 0.4}]})");
}

inline nlohmann::json sample_plan_json() {
  return nlohmann::json::parse(R"({
    "cache": "pages", "made_at": "2026-11-27T12:00:00Z", "budget_bytes": 104857600, "planned_bytes": 2048,
    "selected": 2, "origin_calls": 2, "expected_time_s": 0.04, "id": "3", "truncated": false,
    "phases": [{"priority": 50, "level": 0, "items": [
      {"key": "/start", "strategy": "popular", "probability": 0.93, "cost_us": 20000, "bytes": 1024, "priority": 50},
      {"key": "/next", "strategy": "popular+recent", "probability": 0.5, "cost_us": 0, "bytes": 1024, "priority": 10}]}],
    "left_out": [{"item": {"key": "/seen"}, "reason": "fresh"}],
    "left_out_counts": {"fresh": 17, "below_floor": 3}})");
}

inline nlohmann::json sample_top_json() {
  return nlohmann::json::parse(R"({"keys": [
    {"key": "/start", "score": 90, "rate_per_hour": 120.5, "count": 4500, "bytes": 2048, "cost_us": 20000},
    {"key": "evil\u001b[31m", "score": 9, "rate_per_hour": 1, "count": 3, "bytes": 0, "cost_us": 0}]})");
}

}  // namespace stoker::test
