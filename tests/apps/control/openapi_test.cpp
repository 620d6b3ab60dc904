// The description of the API against what is served: the same paths, and answers that are as described.
#include <boost/test/unit_test.hpp>
#include <set>

#include "apps/control/openapi_document.hpp"
#include "apps/control/service.hpp"
#include "tests/apps/control/control_fixture.hpp"
#include "tests/apps/control/schema.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(control_openapi_test)

namespace {

using json = nlohmann::json;

json document() {
  return json::parse(control::openapi_document());
}

std::set<std::string> described() {
  const auto whole = document();
  std::set<std::string> all;
  for (const auto& [path, methods] : whole["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
      all.insert(upper + " " + path);
    }
  return all;
}

// The schema of an answer's body; null: none is described for this status.
json schema_of(const json& all, const std::string& method, const std::string& path, int status,
               const std::string& type) {
  const auto& responses = all["paths"][path][method]["responses"];
  if (!responses.contains(std::to_string(status))) return nullptr;
  auto response = responses[std::to_string(status)];
  if (response.contains("$ref"))
    response = all.at(json::json_pointer{response["$ref"].get<std::string>().substr(1)});
  if (!response["content"].contains(type)) return nullptr;
  return response["content"][type]["schema"];
}

struct described_fixture : control_fixture {
  described_fixture() {
    use();
    served->register_task({.cache = "pages", .id = "start", .key = "/page/0", .critical = true});
    pages->clear();
  }

  // An answer is as the document says; gives its body.
  json check(const std::string& method, const std::string& path, const std::string& target,
             const json& body = json::object()) {
    auto answer = method == "post"     ? post(target, body)
                  : method == "delete" ? client->Delete(target, with_token())
                                       : get(target);
    BOOST_TEST_CONTEXT(method << " " << target) {
      BOOST_TEST_REQUIRE(bool(answer));
      auto type = answer->get_header_value("Content-Type");
      const auto schema = schema_of(all, method, path, answer->status, type.substr(0, type.find(';')));
      BOOST_TEST_REQUIRE(!schema.is_null(), "an answer " << answer->status << " " << type
                                                         << " is not described: " << answer->body);
      checked.insert(path);
      const auto value = json::parse(answer->body, nullptr, false);
      if (type.find("json") == std::string::npos) return {};
      const auto text = misfit(all, schema, value);
      BOOST_TEST(text == "");
      return value;
    }
    return {};
  }

  const json all = document();
  std::set<std::string> checked;
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_path_is_described_and_every_description_is_served) {
  engine served;
  control::service service{served, control_fixture::usual_options()};
  std::set<std::string> routed;
  for (const auto& each : control::all_routes(service))
    routed.insert(each.method + " " +
                  (each.path.starts_with("/dashboard/") ? "/dashboard/{file}" : each.path));
  BOOST_TEST(routed == described(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_reference_leads_somewhere) {
  const auto all = document();
  const std::function<void(const json&)> walk = [&](const json& part) {
    if (part.is_object() && part.contains("$ref"))
      BOOST_CHECK_NO_THROW(all.at(json::json_pointer{part["$ref"].get<std::string>().substr(1)}));
    if (part.is_structured())
      for (const auto& each : part) walk(each);
  };
  walk(all);
}

BOOST_FIXTURE_TEST_CASE(answers_are_as_described, described_fixture) {
  const auto plan = check("post", "/warming/plan", "/warming/plan", {{"limit", 3}, {"save", true}});
  const auto id = plan["id"].get<std::string>();
  check("get", "/warming/plans", "/warming/plans");
  check("get", "/warming/plans/{id}", "/warming/plans/" + id);
  check("post", "/warming/warm", "/warming/warm", {{"plan", id}});
  check("delete", "/warming/plans/{id}", "/warming/plans/" + id);
  check("post", "/warming/warm", "/warming/warm", {{"limit", 2}});
  const auto run = check("post", "/warming/warm", "/warming/warm", {{"wait", false}});
  check("get", "/warming/runs/{id}", run["location"]);
  check("get", "/warming/runs", "/warming/runs");
  check("post", "/warming/warm_user", "/warming/warm_user", {{"id", "nobody"}});
  check("post", "/warming/warm_critical", "/warming/warm_critical");
  check("post", "/warming/warm_together", "/warming/warm_together");
  check("post", "/warming/validate", "/warming/validate");
  check("post", "/warming/start", "/warming/start");
  check("post", "/warming/optimize", "/warming/optimize", {{"apply", false}});
  check("post", "/warming/run_schedules", "/warming/run_schedules", {{"id", "none"}});
  check("post", "/warming/stop", "/warming/stop");
  check("post", "/warming/rollback", "/warming/rollback");
  check("post", "/warming/cancel", "/warming/cancel");
  check("post", "/warming/snapshot", "/warming/snapshot", {{"action", "save"}});
  check("post", "/track", "/track", {{"key", "/page/1"}, {"tags", {"a"}}, {"attributes", {{"size", 2}}}});
  check("post", "/track", "/track", {{"kee", "/page/1"}});
  check("post", "/warming/invalidate", "/warming/invalidate", {{"keys", {"/page/0"}}});
  check("post", "/warming/flush", "/warming/flush");
  for (const char* path :
       {"/livez", "/readyz", "/openapi.json", "/warming/status", "/warming/stats", "/warming/health",
        "/warming/strategies", "/warming/patterns", "/warming/top", "/warming/report", "/warming/performance",
        "/warming/tasks", "/warming/memory_events", "/metrics"})
    check("get", path, path);
  check("get", "/warming/key", "/warming/key?key=/page/1");
  check("get", "/warming/predict", "/warming/predict?key=/page/1&key=/never");
  check("get", "/warming/top", "/warming/top?by=nothing");
  check("post", "/warming/forget", "/warming/forget");
  // Event streams and the dashboard's files have tests of their own.
  std::set<std::string> left;
  for (const auto& [path, methods] : all["paths"].items())
    if (checked.count(path) == 0) left.insert(path);
  const std::set<std::string> elsewhere{"/", "/dashboard/{file}", "/events"};
  BOOST_TEST(left == elsewhere, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
