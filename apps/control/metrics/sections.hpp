// The metrics of each part of an engine; metrics_text() puts them together.
#pragma once

#include "apps/control/feed_status.hpp"
#include "apps/control/metrics/families.hpp"
#include "messages/status.hpp"

namespace stoker::control {

void add_cache_metrics(metric_families& into, const engine_status& status);
void add_warming_metrics(metric_families& into, const engine_status& status);
void add_strategy_metrics(metric_families& into, const engine_status& status);
void add_prediction_metrics(metric_families& into, const engine_status& status);
void add_tracking_metrics(metric_families& into, const engine_status& status);
void add_origin_metrics(metric_families& into, const engine_status& status);
void add_memory_metrics(metric_families& into, const engine_status& status);
void add_history_metrics(metric_families& into, const engine_status& status);
void add_schedule_metrics(metric_families& into, const engine_status& status);
void add_outside_metrics(metric_families& into, const engine_status& status);
void add_snapshot_metrics(metric_families& into, const engine_status& status);
void add_feed_metrics(metric_families& into, const std::vector<feed_status>& feeds);
void add_actor_metrics(metric_families& into, const engine_status& status);

}  // namespace stoker::control
