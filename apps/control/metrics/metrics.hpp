// What an engine's status says, as metrics for Prometheus. Pure: no server, no clock, no registry of its own.
//
// Every name begins with "stoker_". Labels are names of caches, origins, strategies, schedules, feeds and
// actors, and words out of lists; never keys. A figure that is not known yet has no sample. Counters begin
// anew when the process does, or the actor that counts (stoker_actor_restarts_total tells).
#pragma once

#include <string>
#include <vector>

#include "apps/control/feed_status.hpp"
#include "messages/status.hpp"

namespace stoker::control {

// The answer to GET /metrics, of content type metrics_content_type.
std::string metrics_text(const engine_status& status, const std::vector<feed_status>& feeds,
                         const std::string& version);

inline constexpr auto metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace stoker::control
