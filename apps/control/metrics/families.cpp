#include "apps/control/metrics/families.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <string_view>

namespace stoker::control {

namespace {

const std::string prefix = "stoker_";

// How long the UTF-8 character at the start of `text` is; 0: there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  return length;
}

std::string mended(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto length = character_length(text);
    result += length == 0 ? std::string_view{"\xef\xbf\xbd"} : text.substr(0, length);  // U+FFFD
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

}  // namespace

metric_family::metric_family(std::string name, std::string help, prometheus::MetricType type) {
  built_.name = std::move(name);
  built_.help = std::move(help);
  built_.type = type;
}

metric_family& metric_family::add(double value, const metric_labels& labels) {
  auto& sample = built_.metric.emplace_back();
  for (const auto& [name, text] : labels) sample.label.push_back({name, mended(text)});
  (built_.type == prometheus::MetricType::Counter ? sample.counter.value : sample.gauge.value) = value;
  return *this;
}

metric_family& metric_family::add_known(double value, const metric_labels& labels) {
  return value < 0 ? *this : add(value, labels);
}

metric_family& metric_family::add_time(time_point at, const metric_labels& labels) {
  return at == time_point{} ? *this : add(seconds_of(at.time_since_epoch()), labels);
}

metric_family& metric_families::gauge(const std::string& name, const std::string& help) {
  return families_.emplace_back(prefix + name, help, prometheus::MetricType::Gauge);
}

metric_family& metric_families::counter(const std::string& name, const std::string& help) {
  return families_.emplace_back(prefix + name, help, prometheus::MetricType::Counter);
}

std::string metric_families::text() const {
  std::vector<prometheus::MetricFamily> shown;
  for (const auto& family : families_)
    if (!family.built().metric.empty()) shown.push_back(family.built());
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, shown);
  return out.str();
}

double seconds_of(duration span) {
  return std::chrono::duration<double>{span}.count();
}

}  // namespace stoker::control
