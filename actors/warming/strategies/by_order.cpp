#include "actors/warming/strategies/by_order.hpp"

#include <algorithm>

#include "actors/warming/strategies/building_blocks.hpp"

namespace stoker {

namespace {

// Without a hint what to warm the strategy would do nothing, and nobody would know why.
constexpr const char* nothing_named = "neither keys nor globs are given; there is nothing to warm";

std::vector<strategy_question> ask_ordered(const strategy_context& context,
                                           const std::vector<strategy_finding>& found) {
  if (!found.empty()) return {};
  std::vector<strategy_question> questions{keys_question{context.parameters.list("keys")}};
  if (const auto& globs = context.parameters.list("globs"); !globs.empty()) {
    auto matching = top_question(ranking::popular, context);
    matching.match = globs;
    questions.push_back(std::move(matching));
  }
  return questions;
}

strategy_proposal propose_ordered(const strategy_context& context,
                                  const std::vector<strategy_finding>& found) {
  strategy_proposal result;
  if (found.size() > 1)
    result = propose_keys(std::get<ranked_keys>(found[1]), [h = horizon_of(context)](const ranked_key& key) {
      return std::max(selected_probability, probability_by_rate(key.rate_per_hour, h));
    });
  for (const auto& known : std::get<std::vector<key_statistics>>(found.at(0)))
    result.candidates.push_back(propose_key(known, named_probability));
  for (auto& proposed : result.candidates)
    proposed.priority = static_cast<std::int32_t>(context.parameters.integer("priority"));
  if (context.parameters.list("keys").empty() && context.parameters.list("globs").empty())
    result.note = nothing_named;
  return result;
}

strategy priority() {
  parameter_declaration globs{"globs", parameter_type::list, "",
                              "patterns of keys: * any characters, ? one, [a-z] one of a set"};
  return {{},
          "priority",
          "keys given one by one or by globs",
          {keys_parameter("keys to warm", false),
           globs,
           {"priority", parameter_type::integer, "50",
            "100 and more is critical, from 50 on important, from 10 on nice to have", 0, 1000},
           limit_parameter(),
           horizon_parameter()},
          asking_strategy{ask_ordered, propose_ordered}};
}

candidate propose_task(const task_entry& task) {
  auto proposed = propose_key(task.key, 1);
  proposed.priority = task.is_critical() ? std::max(task.priority, critical_priority) : task.priority;
  proposed.ttl = task.ttl;
  proposed.tags = task.tags;
  return proposed;
}

// The tasks that are to be warmed, in the order of the book.
using task_choice = std::function<bool(const task_entry&, const strategy_context&)>;

std::vector<task_entry> chosen_tasks(const strategy_context& context, const strategy_finding& found,
                                     const task_choice& chosen) {
  auto tasks = std::get<std::vector<task_entry>>(found);
  std::erase_if(tasks, [&](const task_entry& task) { return !chosen(task, context); });
  return tasks;
}

// What was measured of a task's key, size and cost, comes from the trackers.
asking_strategy task_strategy(task_choice chosen) {
  asking_strategy source;
  source.ask = [chosen](const strategy_context& context,
                        const std::vector<strategy_finding>& found) -> std::vector<strategy_question> {
    if (found.empty()) return {tasks_question{}};
    if (found.size() > 1) return {};
    keys_question known;
    for (const auto& task : chosen_tasks(context, found[0], chosen)) known.keys.push_back(task.key);
    if (known.keys.empty()) return {};
    return {std::move(known)};
  };
  source.propose = [chosen](const strategy_context& context, const std::vector<strategy_finding>& found) {
    strategy_proposal result;
    const auto tasks = chosen_tasks(context, found.at(0), chosen);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      result.candidates.push_back(propose_task(tasks[i]));
      if (found.size() < 2) continue;
      const auto& known = std::get<std::vector<key_statistics>>(found[1]).at(i);
      result.candidates.back().bytes = known.bytes;
      result.candidates.back().cost_us = known.cost_us;
    }
    if (tasks.empty()) result.note = "no such task is registered";
    return result;
  };
  return source;
}

strategy tasks() {
  return {{},
          "tasks",
          "the keys of registered tasks, those of higher priority first",
          {{"at_least", parameter_type::integer, "0", "only tasks of this priority or higher", -1e9, 1e9},
           {"ids", parameter_type::list, "", "only these tasks, by their ids; empty: all"}},
          task_strategy([](const task_entry& task, const strategy_context& context) {
            const auto& ids = context.parameters.list("ids");
            if (!ids.empty() && std::find(ids.begin(), ids.end(), task.id) == ids.end()) return false;
            return task.is_critical() || task.priority >= context.parameters.integer("at_least");
          })};
}

strategy critical() {
  return {{},
          "critical",
          "the keys of registered tasks that are critical, before all else",
          {},
          task_strategy([](const task_entry& task, const strategy_context&) { return task.is_critical(); })};
}

}  // namespace

std::vector<strategy> strategies_by_order() {
  return {priority(), tasks(), critical()};
}

}  // namespace stoker
