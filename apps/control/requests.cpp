#include "apps/control/requests.hpp"

#include "apps/control/request_parts.hpp"
#include "messages/key.hpp"

namespace stoker::control {

namespace {

constexpr std::size_t most_parameters = 100;

std::string parameter_text(const parsed& value, const std::string& path) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  throw bad_field(path, "a string, a number, true or false");
}

void read_parameters(fields& from, std::vector<strategy_parameter_value>& into) {
  const auto* found = from.find("parameters");
  if (!found) return;
  const auto path = from.path_of("parameters");
  if (!found->is_object() || found->size() > most_parameters)
    throw bad_field(path, "an object of at most " + std::to_string(most_parameters) + " parameters by name");
  for (const auto& [name, value] : found->items())
    into.push_back({name, parameter_text(value, path + "." + name)});
}

void read_strategies(fields& from, std::vector<std::string>& into) {
  std::string one;
  from.read("strategies", into);
  from.read("strategy", one);
  if (one.empty()) return;
  if (!into.empty()) throw bad_field(from.path_of("strategy"), "left out where strategies is given");
  into.push_back(one);
}

void read_patience(fields& from, patience& into) {
  from.read("wait", into.wait);
  if (!from.has("wait_s")) return;
  duration span{};
  from.read("wait_s", span);
  into.at_most = span;
}

void check_key(const std::string& key, const std::string& path) {
  if (key.empty() || key.size() > max_key_bytes)
    throw bad_field(path, "of 1 to " + std::to_string(max_key_bytes) + " bytes");
}

tracked_access access_of(fields& from, std::string cache) {
  tracked_access one;
  one.cache = std::move(cache);
  from.read("cache", one.cache);
  from.read_key("key", one.key);
  check_key(one.key, from.path_of("key"));
  from.read("outcome", one.outcome);
  from.read("bytes", one.bytes);
  from.read("cost_us", one.cost_us);
  from.read("subject", one.subject);
  from.read("kind", one.kind);
  from.read_keys("co_accessed", one.co_accessed);
  one.described = from.has("tags") || from.has("attributes");
  from.read("tags", one.tags);
  read_figures(from, "attributes", one.attributes);
  return one;
}

}  // namespace

void read_request(fields& from, warm_request& into) {
  from.read("cache", into.cache);
  read_strategies(from, into.strategies);
  read_parameters(from, into.parameters);
  from.read("limit", into.limit);
  from.read("policy", into.policy);
  from.read("budget_bytes", into.budget_bytes);
  from.read("deadline_s", into.deadline);
  from.read("reason", into.reason);
}

void read_figures(fields& from, const char* name, std::vector<std::pair<std::string, double>>& into) {
  const auto* found = from.find(name);
  if (!found) return;
  const auto path = from.path_of(name);
  if (!found->is_object() || found->size() > most_parameters)
    throw bad_field(path, "an object of at most " + std::to_string(most_parameters) + " numbers by name");
  for (const auto& [each, value] : found->items()) {
    if (!value.is_number()) throw bad_field(path + "." + each, "a number");
    into.emplace_back(each, value.get<double>());
  }
}

warm_order warm_of(const parsed& body) {
  fields from{body};
  warm_order order;
  order.request.reason = default_reason;
  from.read("plan", order.plan);
  read_patience(from, order.waits);
  // A plan says all there is to say of its run.
  if (order.plan.empty()) read_request(from, order.request);
  from.done();
  return order;
}

plan_order plan_of(const parsed& body) {
  fields from{body};
  plan_order order;
  order.request.reason = default_reason;
  read_request(from, order.request);
  from.read("save", order.save);
  from.done();
  return order;
}

validate_order validate_of(const parsed& body) {
  fields from{body};
  validate_order order;
  order.request.reason = default_reason;
  read_request(from, order.request);
  from.read_key("probe_key", order.probe_key);
  from.done();
  return order;
}

together_order together_of(const parsed& body) {
  fields from{body};
  together_order order;
  from.read("caches", order.options.caches);
  read_strategies(from, order.options.strategies);
  from.read("policy", order.options.policy);
  from.read("budget_bytes", order.options.budget_bytes);
  from.read("origin_calls", order.options.origin_calls);
  from.read("deadline_s", order.options.deadline);
  read_patience(from, order.waits);
  from.done();
  return order;
}

user_order user_of(const parsed& body) {
  fields from{body};
  user_order order;
  from.read("id", order.id);
  if (order.id.empty()) throw bad_field("id", "the name of a user or session");
  from.read("cache", order.options.cache);
  from.read("force", order.options.force);
  from.read("kinds", order.options.kinds);
  from.read("without", order.options.without);
  read_patience(from, order.waits);
  from.done();
  return order;
}

critical_order critical_of(const parsed& body) {
  fields from{body};
  critical_order order;
  from.read("cache", order.cache);
  read_patience(from, order.waits);
  from.done();
  return order;
}

run_order run_of(const parsed& body) {
  fields from{body};
  run_order order;
  from.read("cache", order.cache);
  from.read("run", order.run);
  from.done();
  return order;
}

invalidate_order invalidate_of(const parsed& body) {
  fields from{body};
  invalidate_order order;
  from.read("cache", order.cache);
  from.read_keys("keys", order.keys);
  from.read("tags", order.tags);
  from.done();
  if (order.keys.empty() && order.tags.empty()) throw bad_field("keys", "given, or else tags");
  return order;
}

std::string cache_of(const parsed& body) {
  fields from{body};
  std::string cache;
  from.read("cache", cache);
  from.done();
  return cache;
}

std::string schedule_of(const parsed& body) {
  fields from{body};
  std::string id;
  from.read("id", id);
  from.done();
  return id;
}

snapshot_order snapshot_of(const parsed& body) {
  fields from{body};
  snapshot_order order;
  std::string action;
  from.read("action", action);
  if (action != "save" && action != "load") throw bad_field("action", "save or load");
  order.save = action == "save";
  from.read("cache", order.cache);
  from.read("path", order.path);
  if (order.save) from.read("keys", order.keys);
  from.done();
  return order;
}

duration patience_of(const parsed& body) {
  fields from{body};
  duration span{};
  from.read("patience_s", span);
  from.done();
  return span;
}

bool apply_of(const parsed& body) {
  fields from{body};
  bool apply = true;
  from.read("apply", apply);
  from.done();
  return apply;
}

void nothing_of(const parsed& body) {
  fields from{body};
  from.done();
}

std::vector<tracked_access> accesses_of(const parsed& body) {
  fields from{body};
  std::vector<tracked_access> all;
  if (from.has("accesses")) {
    std::string cache;
    from.read("cache", cache);
    from.read_each("accesses", most_tracked_accesses,
                   [&](fields& each) { all.push_back(access_of(each, cache)); });
  } else {
    all.push_back(access_of(from, {}));
  }
  from.done();
  return all;
}

}  // namespace stoker::control
