#include "apps/control/json_plan.hpp"

#include "apps/control/words.hpp"
#include "messages/warming.hpp"

namespace stoker {

using namespace control;

json to_json(const candidate& x) {
  json into;
  put_key(into, "key", x.key);
  into.update(json{{"strategy", x.strategy},
                   {"probability", x.probability},
                   {"cost_us", x.cost_us},
                   {"bytes", x.bytes},
                   {"priority", x.priority},
                   {"ttl_s", seconds(x.ttl)},
                   {"tags", x.tags},
                   {"dependencies", list(x.dependencies, key_name)},
                   {"refresh", x.refresh}});
  return into;
}

json to_json(const planned_phase& x) {
  return {{"priority", x.priority}, {"level", x.level}, {"items", list(x.items)}};
}

json to_json(const left_out_candidate& x) {
  return {{"item", to_json(x.item)}, {"reason", word(x.reason)}};
}

namespace {

json reasons_of(const warm_plan& plan) {
  auto counts = json::object();
  for (const auto& each : plan.left_out) {
    auto& count = counts[std::string{word(each.reason)}];
    count = count.is_null() ? std::uint64_t{1} : count.get<std::uint64_t>() + 1;
  }
  return counts;
}

// The first `room` items over all phases; phases of which nothing is told stay, to show their order.
json first_items(const std::vector<planned_phase>& phases, std::size_t room) {
  auto told = json::array();
  for (const auto& phase : phases) {
    planned_phase part{phase.priority, phase.level, {}};
    const auto count = std::min(room, phase.items.size());
    part.items.assign(phase.items.begin(), phase.items.begin() + static_cast<std::ptrdiff_t>(count));
    room -= count;
    told.push_back(to_json(part));
  }
  return told;
}

json first_left_out(const std::vector<left_out_candidate>& left_out, std::size_t room) {
  auto told = json::array();
  for (std::size_t i = 0; i < std::min(room, left_out.size()); ++i) told.push_back(to_json(left_out[i]));
  return told;
}

}  // namespace

json plan_to_json(const warm_plan& plan, const std::string& id, std::size_t items) {
  return {{"id", id.empty() ? json{} : json(id)},
          {"cache", plan.cache},
          {"made_at", instant(plan.made_at)},
          {"phases", first_items(plan.phases, items)},
          {"left_out", first_left_out(plan.left_out, items)},
          {"left_out_counts", reasons_of(plan)},
          {"truncated", plan.selected > items || plan.left_out.size() > items},
          {"budget_bytes", plan.budget_bytes},
          {"planned_bytes", plan.planned_bytes},
          {"selected", plan.selected},
          {"origin_calls", plan.origin_calls},
          {"expected_time_s", seconds(plan.expected_time)}};
}

json plan_summary(const warm_plan& plan, const std::string& id) {
  return {{"id", id},
          {"cache", plan.cache},
          {"made_at", instant(plan.made_at)},
          {"selected", plan.selected},
          {"left_out", plan.left_out.size()},
          {"planned_bytes", plan.planned_bytes},
          {"budget_bytes", plan.budget_bytes},
          {"origin_calls", plan.origin_calls},
          {"expected_time_s", seconds(plan.expected_time)}};
}

}  // namespace stoker
