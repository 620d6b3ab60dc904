// Plans: to make them, to keep them, to look at them.
#include "apps/control/json_plan.hpp"
#include "apps/control/service.hpp"

namespace stoker::control {

namespace {

constexpr std::uint64_t usual_items = 1000;
constexpr std::uint64_t most_items = 100'000;

std::size_t items_of(const incoming& request) {
  auto asked = request.parameters();
  const auto items = asked.integer("items", usual_items, 0, most_items);
  asked.done();
  return items;
}

refused no_such_plan(const std::string& id) {
  return refused{{404, "no_such_plan", "There is no plan " + id + "."}};
}

void answer_plan(service& of, const incoming& request, httplib::Response& into) {
  const auto items = items_of(request);
  auto order = plan_of(request.json_body());
  order.request.cache = of.cache_named(order.request.cache);
  auto plan = of.ask([what = order.request](engine& served) { return served.plan(what); });
  // What is kept can be run, and what is told is for people: a plan whose keys are hidden warms nothing.
  const auto id = order.save ? of.plans.keep(plan) : std::string{};
  of.served.redaction_of(plan.cache).apply(plan);
  answer_json(into, plan_to_json(plan, id, items));
}

void answer_plans(service& of, const incoming& request, httplib::Response& into) {
  auto asked = request.parameters();
  const auto cache = asked.text("cache");
  asked.done();
  auto all = json::array();
  for (const auto& [id, plan] : of.plans.all())
    if (cache.empty() || plan.cache == cache) all.push_back(plan_summary(plan, id));
  answer_json(into, {{"plans", std::move(all)}});
}

void answer_kept(service& of, const incoming& request, httplib::Response& into) {
  const auto items = items_of(request);
  auto plan = of.plans.find(request.id);
  if (!plan) throw no_such_plan(request.id);
  of.served.redaction_of(of.cache_named(plan->cache)).apply(*plan);
  answer_json(into, plan_to_json(*plan, request.id, items));
}

}  // namespace

void add_plan_routes(service& of, std::vector<route>& into) {
  into.push_back({"POST", "/warming/plan", access_kind::change,
                  [&of](const incoming& request, httplib::Response& to) { answer_plan(of, request, to); }});
  into.push_back({"GET", "/warming/plans", access_kind::read,
                  [&of](const incoming& request, httplib::Response& to) { answer_plans(of, request, to); }});
  into.push_back({"GET", "/warming/plans/{id}", access_kind::keys,
                  [&of](const incoming& request, httplib::Response& to) { answer_kept(of, request, to); }});
  into.push_back({"DELETE", "/warming/plans/{id}", access_kind::change,
                  [&of](const incoming& request, httplib::Response& to) {
                    request.parameters().done();
                    if (!of.plans.remove(request.id)) throw no_such_plan(request.id);
                    answer_json(to, {{"done", true}});
                  }});
}

}  // namespace stoker::control
