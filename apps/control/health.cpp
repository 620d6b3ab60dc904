#include "apps/control/health.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/control/words.hpp"

namespace stoker::control {

namespace {

// The role of an actor: its name up to whose it is.
std::string role_of(const std::string& actor) {
  if (actor == "memory monitor") return "memory";
  if (actor == "historian") return "history";
  return actor.substr(0, actor.find(' '));
}

class findings {
 public:
  explicit findings(std::string component) : found_{std::move(component), condition::ok, {}} {}

  void add(condition how, const std::string& text) {
    found_.status = std::max(found_.status, how);
    if (!found_.detail.empty()) found_.detail += "; ";
    found_.detail += text;
  }
  // Said when there is nothing to complain of.
  component_health done(const std::string& when_well) {
    if (found_.detail.empty()) found_.detail = when_well;
    return std::move(found_);
  }

 private:
  component_health found_;
};

void add_actors(const engine_status& status, const std::string& role, findings& into) {
  for (const auto& actor : status.actors) {
    if (role_of(actor.name) != role || actor.condition == actor_condition::running) continue;
    into.add(condition::failing, fmt::format("{} is {} after it died: {}", actor.name, word(actor.condition),
                                             actor.last_failure));
  }
  for (const auto& name : status.missing)
    if (role_of(name) == role) into.add(condition::failing, name + " did not answer in time");
}

component_health actors_alone(const engine_status& status, const std::string& role) {
  findings found{role};
  add_actors(status, role, found);
  return found.done("every one answers");
}

component_health tracker(const engine_status& status) {
  findings found{"tracker"};
  add_actors(status, "tracker", found);
  if (status.tracker.restoring) found.add(condition::degraded, "history is still being read");
  return found.done(fmt::format("{} keys", status.tracker.keys));
}

component_health history(const engine_status& status) {
  findings found{"history"};
  add_actors(status, "history", found);
  if (status.history.write_errors > 0)
    found.add(condition::degraded, fmt::format("{} writes failed, last: {}", status.history.write_errors,
                                               status.history.last_error));
  if (status.history.state == history_state::set_aside)
    found.add(condition::degraded,
              "the history could not be read and was set aside: " + status.history.detail);
  return found.done(std::string{word(status.history.state)});
}

component_health memory(const engine_status& status) {
  findings found{"memory"};
  add_actors(status, "memory", found);
  const auto level = status.memory.level;
  if (level == pressure_level::high || level == pressure_level::critical)
    found.add(condition::degraded,
              fmt::format("pressure is {}: {:.0f} % in use", word(level), 100 * status.memory.used_share));
  return found.done(fmt::format("pressure is {}", word(level)));
}

component_health origins(const engine_status& status) {
  findings found{"origin"};
  add_actors(status, "origin", found);
  for (const auto& origin : status.origins)
    if (origin.breaker != breaker_state::closed)
      found.add(origin.breaker == breaker_state::open ? condition::failing : condition::degraded,
                fmt::format("the breaker of origin {} is {}", origin.origin, word(origin.breaker)));
  return found.done("every breaker is closed");
}

component_health caches(const engine_status& status) {
  findings found{"cache"};
  for (const auto& cache : status.caches)
    if (cache.dropped_accesses > 0)
      found.add(condition::degraded, fmt::format("cache {}: {} accesses were lost for want of room",
                                                 cache.cache, cache.dropped_accesses));
  return found.done(fmt::format("{} caches", status.caches.size()));
}

component_health warmer(const engine_status& status) {
  findings found{"warmer"};
  add_actors(status, "warmer", found);
  for (const auto& each : status.warmers)
    for (const auto& run : each.strategies)
      if (!run.succeeded && run.runs > 0)
        found.add(condition::degraded, fmt::format("cache {}: the last run of {} failed: {}", each.cache,
                                                   run.strategy, run.error));
  return found.done("every one answers");
}

component_health scheduler(const engine_status& status) {
  findings found{"scheduler"};
  add_actors(status, "scheduler", found);
  for (const auto& each : status.scheduler.schedules)
    if (each.runs > 0 && !each.succeeded)
      found.add(condition::degraded,
                fmt::format("the last run of schedule {} failed: {}", each.id, each.last_error));
  return found.done(status.scheduler.running ? "background warming is on" : "background warming is off");
}

const char* word_of(condition how) {
  return how == condition::ok ? "ok" : how == condition::degraded ? "degraded" : "failing";
}

}  // namespace

health health_of(const engine_status& status) {
  health whole;
  whole.at = status.at;
  whole.components = {{"engine", condition::ok, "it answers"},
                      caches(status),
                      warmer(status),
                      tracker(status),
                      actors_alone(status, "predictor"),
                      actors_alone(status, "collector"),
                      scheduler(status),
                      history(status),
                      memory(status),
                      actors_alone(status, "arbiter"),
                      origins(status)};
  for (const auto& each : whole.components) whole.status = std::max(whole.status, each.status);
  return whole;
}

bool narrow(health& whole, const std::string& component) {
  std::erase_if(whole.components, [&](const auto& each) { return each.component != component; });
  if (whole.components.empty()) return false;
  whole.status = whole.components.front().status;
  return true;
}

json to_json(const health& x) {
  const auto each = [](const component_health& one) {
    return json{{"component", one.component}, {"status", word_of(one.status)}, {"detail", one.detail}};
  };
  return {{"status", word_of(x.status)}, {"at", instant(x.at)}, {"components", list(x.components, each)}};
}

}  // namespace stoker::control
