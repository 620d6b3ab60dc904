// Builds metric families for Prometheus's text format, one sample at a time.
//
// Names follow Prometheus's conventions: base units, `_total` for what only rises, `_ratio` for fractions.
// Threads: one at a time.
#pragma once

#include <prometheus/metric_family.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "messages/time.hpp"

namespace stoker::control {

using metric_labels = std::vector<std::pair<std::string, std::string>>;

// One family under construction.
class metric_family {
 public:
  metric_family(std::string name, std::string help, prometheus::MetricType type);

  // Label values that are no UTF-8 are mended: the format knows no other.
  metric_family& add(double value, const metric_labels& labels = {});
  // A figure that is negative while it is not known gives no sample then.
  metric_family& add_known(double value, const metric_labels& labels = {});
  // Seconds since the epoch; the epoch itself, which stands for never, gives no sample.
  metric_family& add_time(time_point at, const metric_labels& labels = {});

  const prometheus::MetricFamily& built() const noexcept { return built_; }

 private:
  prometheus::MetricFamily built_;
};

class metric_families {
 public:
  // `name` without the prefix "stoker_", which each gets. References stay valid.
  metric_family& gauge(const std::string& name, const std::string& help);
  metric_family& counter(const std::string& name, const std::string& help);

  // In Prometheus's text format; families without a sample are left out.
  std::string text() const;

 private:
  std::deque<metric_family> families_;
};

double seconds_of(duration span);

}  // namespace stoker::control
