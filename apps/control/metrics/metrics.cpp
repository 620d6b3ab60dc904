#include "apps/control/metrics/metrics.hpp"

#include "apps/control/metrics/sections.hpp"

namespace stoker::control {

std::string metrics_text(const engine_status& status, const std::vector<feed_status>& feeds,
                         const std::string& version) {
  metric_families families;
  families.gauge("build_info", "1; the label tells the version.").add(1, {{"version", version}});
  families.gauge("status_timestamp_seconds", "When the engine said so.").add_time(status.at);
  add_cache_metrics(families, status);
  add_warming_metrics(families, status);
  add_strategy_metrics(families, status);
  add_prediction_metrics(families, status);
  add_tracking_metrics(families, status);
  add_origin_metrics(families, status);
  add_memory_metrics(families, status);
  add_history_metrics(families, status);
  add_schedule_metrics(families, status);
  add_actor_metrics(families, status);
  add_outside_metrics(families, status);
  add_snapshot_metrics(families, status);
  add_feed_metrics(families, feeds);
  return families.text();
}

}  // namespace stoker::control
