#include "apps/control/json_statistics.hpp"

#include "apps/control/words.hpp"
#include "messages/prefetching.hpp"
#include "messages/statistics.hpp"

namespace stoker {

using namespace control;

json to_json(const ranked_key& x) {
  json into;
  put_key(into, "key", x.key);
  into.update(json{{"score", x.score},
                   {"rate_per_hour", x.rate_per_hour},
                   {"last_access", instant(x.last_access)},
                   {"next_access", instant(x.next_access)},
                   {"bytes", x.bytes},
                   {"cost_us", x.cost_us},
                   {"count", x.count},
                   {"window_accesses", x.window_accesses},
                   {"tags", x.tags}});
  return into;
}

json to_json(const ranked_keys& x) {
  return {{"keys", list(x.keys)}};
}

json to_json(const access_patterns& x) {
  return {{"total_accesses", x.total_accesses},
          {"unique_keys", x.unique_keys},
          {"hour_of_day", x.hour_of_day},
          {"top", list(x.top)},
          {"trending", list(x.trending)}};
}

json to_json(const key_statistics& x) {
  json into;
  put_key(into, "key", x.key);
  into.update(json{{"count", x.count},
                   {"misses", x.misses},
                   {"rate_per_hour", x.rate_per_hour},
                   {"last_access", instant(x.last_access)},
                   {"mean_interval_s", x.mean_interval_s},
                   {"interval_variance_s2", x.interval_variance_s2},
                   {"bytes", x.bytes},
                   {"cost_us", x.cost_us},
                   {"hour_of_day", x.hour_of_day},
                   {"recent_hours", hours(x.recent_hours)},
                   {"access_times", list(x.access_times, instant)},
                   {"co_accessed", counted_keys(x.co_accessed)},
                   {"tags", x.tags},
                   {"attributes", by_name(x.attributes)}});
  return into;
}

json to_json(const prediction& x) {
  json into;
  put_key(into, "key", x.key);
  into.update(json{{"probability", x.probability},
                   {"model", x.model},
                   {"observations", x.observations},
                   {"cost_us", x.cost_us}});
  if (!x.source_key.empty()) put_key(into, "source_key", x.source_key);
  return into;
}

json to_json(const predictions& x) {
  return {{"candidates", list(x.candidates)}, {"unknown", list(x.unknown, key_name)}};
}

}  // namespace stoker
