// The alert rules and the Grafana dashboard that ship ask for metrics that exist, in expressions that
// Prometheus understands.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "apps/control/metrics/metrics.hpp"
#include "stoker/engine.hpp"
#include "tests/apps/control/metrics/sample_status.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(monitoring)

namespace {

const std::string folder = std::string{STOKER_SOURCE_DIR} + "/apps/control/monitoring/";

std::string content_of(const std::string& file) {
  std::ifstream in{file};
  BOOST_REQUIRE_MESSAGE(in.good(), "cannot read " + file);
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::set<std::string> names_in(const std::string& text) {
  static const std::regex name{"stoker_[a-z_]+"};
  std::set<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), name}, end; at != end; ++at) found.insert(at->str());
  return found;
}

// Names of the metrics in an exposition, by their samples.
std::set<std::string> exposed_names(const engine_status& status) {
  std::set<std::string> names;
  std::istringstream in{control::metrics_text(status, test::sample_feeds(), "1")};
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with('#')) names.insert(line.substr(0, line.find_first_of("{ ")));
  return names;
}

// Of every query of the dashboard, those of its variables among them.
std::vector<std::string> dashboard_queries() {
  const auto dashboard = nlohmann::json::parse(content_of(folder + "grafana.json"));
  std::vector<std::string> queries;
  for (const auto& panel : dashboard.at("panels"))
    if (panel.contains("targets"))
      for (const auto& target : panel.at("targets")) queries.push_back(target.at("expr"));
  BOOST_TEST(queries.size() > 20u);
  return queries;
}

std::vector<std::string> alert_expressions() {
  std::vector<std::string> found;
  std::istringstream in{content_of(folder + "alerts.yml")};
  const std::string mark = " expr: ";
  for (std::string line; std::getline(in, line);)
    if (const auto at = line.find(mark); at != std::string::npos)
      found.push_back(line.substr(at + mark.size()));
  BOOST_TEST(found.size() > 10u);
  return found;
}

bool promtool_is_there() {
  if (std::system("promtool --version > /dev/null 2>&1") == 0) return true;
  BOOST_TEST_MESSAGE("skipped: promtool (package prometheus) is not installed");
  return false;
}

void check_with_promtool(const std::string& command) {
  BOOST_CHECK_MESSAGE(std::system(command.c_str()) == 0, command);
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_metric_that_rules_and_dashboard_ask_for_exists) {
  const auto known = exposed_names(test::sample_status());
  auto expressions = dashboard_queries();
  for (auto& expression : alert_expressions()) expressions.push_back(std::move(expression));
  for (const auto& expression : expressions) {
    const auto names = names_in(expression);
    BOOST_CHECK_MESSAGE(!names.empty(), expression);
    for (const auto& name : names) BOOST_CHECK_MESSAGE(known.contains(name), name + " in " + expression);
  }
}

BOOST_AUTO_TEST_CASE(variables_of_the_dashboard_ask_for_what_exists) {
  const auto known = exposed_names(test::sample_status());
  const auto dashboard = nlohmann::json::parse(content_of(folder + "grafana.json"));
  std::size_t asked = 0;
  for (const auto& variable : dashboard.at("templating").at("list"))
    if (variable.contains("definition"))
      for (const auto& name : names_in(variable.at("definition"))) {
        ++asked;
        BOOST_CHECK_MESSAGE(known.contains(name), name);
      }
  BOOST_TEST(asked > 0u);
}

BOOST_AUTO_TEST_CASE(a_running_engine_exposes_what_every_alert_needs_at_once) {
  engine running;
  auto cache = running.add_cache({.name = "pages", .load = [](std::string_view key) { return loaded(key); }});
  for (int i = 0; i < 100; ++i) cache.get("key " + std::to_string(i % 10));
  running.flush();
  running.warm({.cache = "pages"});
  const auto known = exposed_names(running.status());
  for (const auto* name :
       {"stoker_cache_warm", "stoker_cache_requests_total", "stoker_items_total",
        "stoker_origin_breaker_state", "stoker_origin_throttled_total", "stoker_memory_pressure_level",
        "stoker_accesses_dropped_total", "stoker_accesses_recorded_total",
        "stoker_history_oldest_waiting_seconds", "stoker_history_loss_window_seconds",
        "stoker_history_write_errors_total", "stoker_history_state", "stoker_actor_restarts_total",
        "stoker_actor_mailbox_messages", "stoker_actors_missing", "stoker_actor_up", "stoker_strategy_state",
        "stoker_strategy_warmed_total", "stoker_background_warming_running"})
    BOOST_CHECK_MESSAGE(known.contains(name), name);
}

BOOST_AUTO_TEST_CASE(promtool_accepts_the_alert_rules) {
  if (promtool_is_there()) check_with_promtool("promtool check rules '" + folder + "alerts.yml' > /dev/null");
}

BOOST_AUTO_TEST_CASE(promtool_accepts_the_exposition) {
  if (!promtool_is_there()) return;
  test::temporary_folder temporary;
  const auto file = (temporary.path() / "metrics").string();
  std::ofstream{file} << control::metrics_text(test::sample_status(), test::sample_feeds(), "1");
  check_with_promtool("promtool check metrics < '" + file + "'");
}

BOOST_AUTO_TEST_CASE(promtool_understands_every_query_of_the_dashboard) {
  if (!promtool_is_there()) return;
  nlohmann::json rules = nlohmann::json::array();
  for (auto& query : dashboard_queries()) {
    replace_all(query, "$__rate_interval", "5m");
    replace_all(query, "$cache", ".*");
    rules.push_back({{"record", "checked:" + std::to_string(rules.size())}, {"expr", query}});
  }
  test::temporary_folder temporary;
  const auto file = (temporary.path() / "rules.yml").string();  // JSON is YAML
  std::ofstream{file} << nlohmann::json{{"groups", {{{"name", "dashboard"}, {"rules", rules}}}}};
  check_with_promtool("promtool check rules '" + file + "' > /dev/null");
}

BOOST_AUTO_TEST_SUITE_END()
