// What the engine knows of keys: rankings, patterns, predictions, and what runs came to.
#include "apps/control/json_statistics.hpp"
#include "apps/control/json_warming.hpp"
#include "apps/control/service.hpp"
#include "messages/key.hpp"

namespace stoker::control {

namespace {

constexpr std::uint64_t most_ranked = 10'000;
constexpr std::uint64_t most_predicted = 1000;
constexpr std::size_t most_current_keys = 1000;
constexpr double day_s = 86'400;
constexpr double longest_window_s = 48 * 3600;  // as far back as hours are kept

duration span_of(double length_s) {
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(length_s));
}

std::uint32_t hour_now(service& of) {
  const auto since_midnight = of.now() - std::chrono::floor<std::chrono::days>(of.now());
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::hours>(since_midnight).count());
}

top_request top_of(service& of, const incoming& request) {
  auto asked = request.parameters();
  top_request top;
  top.cache = of.cache_named(asked.text("cache"));
  top.by = asked.choice("by", ranking::popular);
  top.limit = static_cast<std::uint32_t>(asked.integer("limit", 100, 1, most_ranked));
  const double usual = top.by == ranking::due ? 3600 : day_s;
  top.window = span_of(asked.number("window_s", usual, 0, longest_window_s));
  top.hour = static_cast<std::uint32_t>(asked.integer("hour", hour_now(of), 0, 23));
  top.tag = asked.text("tag");
  top.attribute = asked.text("attribute");
  top.at_least =
      asked.number("at_least", 0, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
  top.match = asked.texts("match");
  top.with_tags = true;
  asked.done();
  if (top.by == ranking::attribute && top.attribute.empty())
    throw bad_field("attribute", "given, for the ranking is by it");
  return top;
}

predict_request predict_of(service& of, const incoming& request) {
  auto asked = request.parameters();
  predict_request predict;
  predict.cache = of.cache_named(asked.text("cache"));
  predict.keys = asked.keys("key");
  predict.limit = static_cast<std::uint32_t>(asked.integer("limit", 20, 1, most_predicted));
  predict.confidence = asked.number("confidence", 0, 0, 1);
  asked.done();
  if (predict.keys.empty() || predict.keys.size() > most_current_keys)
    throw bad_field("key", "given, 1 to " + std::to_string(most_current_keys) + " times");
  return predict;
}

void answer_key(service& of, const incoming& request, httplib::Response& into) {
  auto asked = request.parameters();
  const auto cache = of.cache_named(asked.text("cache"));
  const auto keys = asked.keys("key");
  asked.done();
  if (keys.size() != 1 || keys.front().empty() || keys.front().size() > max_key_bytes)
    throw bad_field("key", "given once");
  answer_json(
      into,
      of.told(cache, of.ask([cache, key = keys.front()](engine& served) { return served.key(cache, key); })));
}

void answer_report(service& of, const incoming& request, httplib::Response& into) {
  auto asked = request.parameters();
  const auto cache = of.cache_named(asked.text("cache"));
  const auto run = asked.integer("run", 0, 0, std::numeric_limits<std::int64_t>::max());
  asked.done();
  answer_json(into,
              of.told(cache, of.ask([cache, run](engine& served) { return served.report(cache, run); })));
}

// Of the routes that take a cache and nothing else.
std::string cache_alone(service& of, const incoming& request) {
  auto asked = request.parameters();
  const auto cache = of.cache_named(asked.text("cache"));
  asked.done();
  return cache;
}

json task_json(const warming_task& task, const redaction& hidden) {
  const auto& key = task.key.empty() ? task.id : task.key;
  // An id may be the key, or be made of it.
  json into{
      {"cache", task.cache}, {"id", hidden.key(task.id)}, {"name", hidden.text(task.name, {key, task.id})}};
  put_key(into, "key", hidden.key(key));
  into["ttl_s"] = seconds(task.ttl);
  into["priority"] = task.priority;
  into["tags"] = task.tags;
  into["critical"] = task.critical;
  return into;
}

void answer_tasks(service& of, const incoming& request, httplib::Response& into) {
  const auto cache = cache_alone(of, request);
  const auto hidden = of.served.redaction_of(cache);
  const auto told = [&](const warming_task& each) { return task_json(each, hidden); };
  answer_json(into, {{"tasks", list(of.served.tasks(cache), told)}});
}

}  // namespace

void add_knowledge_routes(service& of, std::vector<route>& into) {
  const auto add = [&](const char* path, auto answer) {
    into.push_back({"GET", path, access_kind::keys, answer});
  };
  add("/warming/patterns", [&of](const incoming& request, httplib::Response& to) {
    const auto cache = cache_alone(of, request);
    answer_json(to, of.told(cache, of.ask([cache](engine& served) { return served.patterns(cache); })));
  });
  add("/warming/top", [&of](const incoming& request, httplib::Response& to) {
    const auto top = top_of(of, request);
    answer_json(to, of.told(top.cache, of.ask([top](engine& served) { return served.top(top); })));
  });
  add("/warming/predict", [&of](const incoming& request, httplib::Response& to) {
    const auto predict = predict_of(of, request);
    answer_json(
        to, of.told(predict.cache, of.ask([predict](engine& served) { return served.predict(predict); })));
  });
  add("/warming/performance", [&of](const incoming& request, httplib::Response& to) {
    const auto cache = cache_alone(of, request);
    answer_json(to, of.told(cache, of.ask([cache](engine& served) { return served.performance(cache); })));
  });
  add("/warming/key", [&of](const incoming& request, httplib::Response& to) { answer_key(of, request, to); });
  add("/warming/report",
      [&of](const incoming& request, httplib::Response& to) { answer_report(of, request, to); });
  add("/warming/tasks",
      [&of](const incoming& request, httplib::Response& to) { answer_tasks(of, request, to); });
}

}  // namespace stoker::control
