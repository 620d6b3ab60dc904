#include "apps/control/control_metrics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace stoker::control {

namespace {

void add(std::string& into, const char* type, const char* name, const char* help, std::uint64_t figure) {
  fmt::format_to(std::back_inserter(into), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type,
                 figure);
}

}  // namespace

std::string control_metrics_text(const control_counters& counted) {
  std::string text;
  add(text, "counter", "stoker_control_requests_total", "Requests answered.", counted.requests);
  add(text, "counter", "stoker_control_client_errors_total", "Requests answered 4xx.", counted.client_errors);
  add(text, "counter", "stoker_control_server_errors_total", "Requests answered 5xx.", counted.server_errors);
  add(text, "counter", "stoker_control_unauthorized_total", "Requests answered 401 or 403.",
      counted.unauthorized);
  add(text, "counter", "stoker_control_rate_limited_total", "Requests answered 429.", counted.rate_limited);
  add(text, "counter", "stoker_control_connections_refused_total", "Connections there was no room for.",
      counted.connections_refused);
  add(text, "counter", "stoker_control_accesses_tracked_total", "Accesses taken by POST /track.",
      counted.accesses_tracked);
  add(text, "gauge", "stoker_control_streams", "Event streams that are open.", counted.streams);
  add(text, "counter", "stoker_control_streams_dropped_total", "Event streams ended for slow readers.",
      counted.streams_dropped);
  add(text, "gauge", "stoker_control_runs", "Warming runs going on that requests started.", counted.runs);
  return text;
}

}  // namespace stoker::control
