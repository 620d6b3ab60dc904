#include "actors/warming/strategy_registry.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(strategy_registry_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const std::size_t built_in = strategy_registry{}.list().size();

strategy host(const std::string& cache, const std::string& name) {
  return {
      cache, name, "of the host's", {}, host_strategy{[](const strategy_context&) -> std::vector<candidate> {
        return {};
      }}};
}

std::string error_of(const strategy_registry& registry, const warm_request& request) {
  try {
    choose_strategies(registry, request, {"popular"});
  } catch (const error& mistake) {
    return mistake.what();
  }
  return "no error";
}

warm_request request_for(std::vector<std::string> strategies) {
  warm_request request;
  request.cache = "pages";
  request.strategies = std::move(strategies);
  return request;
}

BOOST_AUTO_TEST_CASE(every_cache_has_the_built_in_strategies) {
  const strategy_registry registry;
  BOOST_REQUIRE(registry.find("pages", "popular"));
  BOOST_REQUIRE(registry.find("pages", "recent"));
  const auto listed = registry.list("pages");
  const auto popular =
      std::find_if(listed.begin(), listed.end(), [](const auto& each) { return each.name == "popular"; });
  BOOST_REQUIRE(popular != listed.end());
  BOOST_CHECK(!popular->description.empty());
  BOOST_CHECK_EQUAL(popular->parameters.at(0).name, "limit");
  BOOST_CHECK_EQUAL(popular->parameters.at(0).type, "integer");
}

BOOST_AUTO_TEST_CASE(a_cache_sees_its_own_strategies_and_those_of_every_cache) {
  strategy_registry registry;
  registry.add(host("pages", "mine"));
  registry.add(host("", "ours"));
  BOOST_CHECK(registry.find("pages", "mine"));
  BOOST_CHECK(!registry.find("users", "mine"));
  BOOST_CHECK(registry.find("users", "ours"));
  BOOST_CHECK_EQUAL(registry.list("users").size(), built_in + 1);
  BOOST_CHECK_EQUAL(registry.list().size(), built_in + 2);
}

BOOST_AUTO_TEST_CASE(a_name_is_taken_once) {
  strategy_registry registry;
  registry.add(host("pages", "mine"));
  BOOST_CHECK_THROW(registry.add(host("pages", "mine")), error);
  BOOST_CHECK_THROW(registry.add(host("pages", "popular")), error);
  BOOST_CHECK_NO_THROW(registry.add(host("users", "mine")));
}

BOOST_AUTO_TEST_CASE(rejects_strategies_that_could_not_work) {
  strategy_registry registry;
  BOOST_CHECK_THROW(registry.add(host("pages", "")), error);
  BOOST_CHECK_THROW(registry.add(host("pages", "a+b")), error);
  BOOST_CHECK_THROW(registry.add({"pages", "empty", "", {}, host_strategy{}}), error);
  BOOST_CHECK_THROW(registry.add({"pages", "empty", "", {}, host_action{}}), error);
  auto twice = host("pages", "twice");
  twice.parameters = {{"a", parameter_type::text, "", ""}, {"a", parameter_type::text, "", ""}};
  BOOST_CHECK_THROW(registry.add(twice), error);
  auto wrong_default = host("pages", "wrong");
  wrong_default.parameters = {{"a", parameter_type::integer, "many", ""}};
  BOOST_CHECK_THROW(registry.add(wrong_default), error);
}

BOOST_AUTO_TEST_CASE(an_unknown_strategy_is_answered_with_those_there_are) {
  const strategy_registry registry;
  const auto text = error_of(registry, request_for({"psychic"}));
  BOOST_CHECK(text.starts_with("cache pages has no strategy \"psychic\"; there are: "));
  for (const auto& name : registry.names("pages")) BOOST_CHECK(text.find(name) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_parameter_that_no_chosen_strategy_has_is_an_error) {
  const strategy_registry registry;
  auto request = request_for({"popular"});
  request.parameters = {{"depth", "3"}};
  BOOST_CHECK_EQUAL(error_of(registry, request),
                    "parameter depth: none of the strategies asked for has it; there are: limit, horizon");
}

BOOST_AUTO_TEST_CASE(takes_defaults_when_none_is_named_and_each_strategy_once) {
  const strategy_registry registry;
  const auto by_default = choose_strategies(registry, request_for({}), {"recent"});
  BOOST_REQUIRE_EQUAL(by_default.size(), 1u);
  BOOST_CHECK_EQUAL(by_default[0].source->name, "recent");
  BOOST_CHECK_EQUAL(by_default[0].context.parameters.integer("limit"), 10000);
  BOOST_CHECK_EQUAL(choose_strategies(registry, request_for({"popular", "popular"}), {}).size(), 1u);
}

BOOST_AUTO_TEST_CASE(may_be_used_by_many_threads_at_once) {
  strategy_registry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&registry, t] {
      for (int i = 0; i < 100; ++i) {
        registry.add(host("pages", "s" + std::to_string(t) + "-" + std::to_string(i)));
        (void)registry.find("pages", "s0-0");
        (void)registry.list("pages");
      }
    });
  for (auto& thread : threads) thread.join();
  BOOST_CHECK_EQUAL(registry.list("pages").size(), 400u + built_in);
}

BOOST_AUTO_TEST_CASE(holds_a_bounded_number_of_strategies) {
  strategy_registry registry;
  for (auto i = built_in; i < strategy_registry::max_strategies; ++i)
    registry.add(host("pages", "s" + std::to_string(i)));
  BOOST_CHECK_THROW(registry.add(host("pages", "one-more")), error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
