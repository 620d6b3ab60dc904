#include "apps/control/json_warming.hpp"

#include "apps/control/words.hpp"
#include "messages/cache_share.hpp"
#include "messages/performance.hpp"
#include "messages/run_questions.hpp"
#include "messages/warming.hpp"

namespace stoker {

using namespace control;

json to_json(const phase_report& x) {
  return {{"priority", x.priority}, {"level", x.level}, {"items", x.items},         {"warmed", x.warmed},
          {"failed", x.failed},     {"bytes", x.bytes}, {"took_s", seconds(x.took)}};
}

json to_json(const slow_load& x) {
  json into;
  put_key(into, "key", x.key);
  into.update(json{{"took_s", seconds(x.took)}});
  return into;
}

json to_json(const item_problem& x) {
  json into;
  put_key(into, "key", x.key);
  into.update(json{{"outcome", word(x.outcome)}, {"reason", x.reason}});
  return into;
}

json to_json(const warm_progress& x) {
  return {{"run", x.run},     {"done", x.done},     {"total", x.total},
          {"phase", x.phase}, {"phases", x.phases}, {"bytes", x.bytes}};
}

json to_json(const warm_report& x) {
  return {{"run", x.run},
          {"cache", x.cache},
          {"strategies", x.strategies},
          {"reason", x.reason},
          {"outcome", word(x.outcome)},
          {"error", x.error},
          {"started_at", instant(x.started_at)},
          {"took_s", seconds(x.took)},
          {"planning_took_s", seconds(x.planning_took)},
          {"candidates", x.candidates},
          {"selected", x.selected},
          {"warmed", x.warmed},
          {"already_fresh", x.already_fresh},
          {"failed", x.failed},
          {"dropped", x.dropped},
          {"cancelled", x.cancelled},
          {"bytes", x.bytes},
          {"budget_bytes", x.budget_bytes},
          {"fastest_load_s", seconds(x.fastest_load)},
          {"slowest_load_s", seconds(x.slowest_load)},
          {"total_load_s", seconds(x.total_load)},
          {"hit_ratio_before", known(x.hit_ratio_before)},
          {"predicted_uses", x.predicted_uses},
          {"problems", list(x.problems)},
          {"notes", x.notes},
          {"fresh", x.fresh},
          {"gathering_took_s", seconds(x.gathering_took)},
          {"loading_took_s", seconds(x.loading_took)},
          {"phases", list(x.phases)},
          {"slow_loads", list(x.slow_loads)},
          {"warnings", x.warnings},
          {"loads", x.loads},
          {"held_out", x.held_out},
          {"resumed_at", x.resumed_at},
          {"rolled_back", x.rolled_back},
          {"hit_ratio_after", known(x.hit_ratio_after)},
          {"used", x.used},
          {"wasted", x.wasted},
          {"accuracy", known(x.accuracy())},
          {"efficiency", known(x.efficiency())},
          {"efficiency_grade", efficiency_grade(x.efficiency())},
          {"average_load_s", seconds(x.average_load())}};
}

json to_json(const rollback_report& x) {
  return {{"cache", x.cache}, {"run", x.run},         {"removed", x.removed}, {"kept", x.kept},
          {"bytes", x.bytes}, {"unknown", x.unknown}, {"trouble", x.trouble}};
}

json to_json(const environment_check& x) {
  return {{"name", x.name}, {"passed", x.passed}, {"detail", x.detail}};
}

json to_json(const environment_report& x) {
  return {{"cache", x.cache}, {"checks", list(x.checks)}, {"ready", x.ready()}};
}

json to_json(const warming_performance& x) {
  return {{"runs", x.runs},
          {"warmed", x.warmed},
          {"failed", x.failed},
          {"used", x.used},
          {"wasted", x.wasted},
          {"loads", x.loads},
          {"bytes", x.bytes},
          {"total_load_s", seconds(x.total_load)},
          {"fastest_load_s", seconds(x.fastest_load)},
          {"slowest_load_s", seconds(x.slowest_load)},
          {"slow_loads", list(x.slow_loads)},
          {"average_load_s", seconds(x.average_load())},
          {"accuracy", known(x.accuracy())},
          {"efficiency", known(x.efficiency())},
          {"efficiency_grade", efficiency_grade(x.efficiency())},
          {"warnings", x.warnings()}};
}

json to_json(const cache_share& x) {
  return {{"cache", x.cache}, {"bytes", x.bytes}, {"items", x.items}, {"wave", x.wave}};
}

}  // namespace stoker
