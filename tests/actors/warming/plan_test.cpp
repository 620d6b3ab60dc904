#include "actors/warming/plan.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <random>
#include <set>

BOOST_AUTO_TEST_SUITE(plan)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

candidate item(const std::string& key, double probability = 0.5, std::uint32_t bytes = 100,
               std::int32_t priority = nice_to_have_priority) {
  candidate result;
  result.key = key;
  result.strategy = "popular";
  result.probability = probability;
  result.cost_us = 1000;
  result.bytes = bytes;
  result.priority = priority;
  return result;
}

candidate needing(candidate dependant, std::vector<std::string> keys) {
  dependant.dependencies = std::move(keys);
  return dependant;
}

plan_context roomy() {
  plan_context context;
  context.cache = "pages";
  context.budget_bytes = 1 << 30;
  context.overhead_bytes = 0;
  return context;
}

std::string selected(const warm_plan& plan) {
  std::string keys;
  for (const auto& phase : plan.phases) {
    for (const auto& each : phase.items) keys += each.key + " ";
    keys += "| ";
  }
  return keys;
}

std::map<std::string, left_out_reason> reasons(const warm_plan& plan) {
  std::map<std::string, left_out_reason> result;
  for (const auto& each : plan.left_out) result[each.item.key] = each.reason;
  return result;
}

BOOST_AUTO_TEST_CASE(orders_by_probability_times_cost_per_byte) {
  auto dear = item("dear", 0.5);
  dear.cost_us = 9000;
  const auto made =
      make_plan({item("likely", 0.9), item("small", 0.5, 10), item("unlikely", 0.1), dear}, roomy());
  // Bytes include the key's: "small" takes 15, the others about 105.
  BOOST_CHECK_EQUAL(selected(made), "dear small likely unlikely | ");
  BOOST_CHECK_EQUAL(made.selected, 4u);
  BOOST_CHECK_EQUAL(made.planned_bytes, 100 * 3 + 10 + 4 + 5 + 6 + 8u);
}

BOOST_AUTO_TEST_CASE(higher_classes_go_first_whatever_they_score) {
  const auto made = make_plan({item("background", 1, 1, 9), item("nice", 1, 1, 10),
                               item("important", 0.1, 9999, 50), item("critical", 0.1, 9999, 100)},
                              roomy());
  BOOST_CHECK_EQUAL(selected(made), "critical | important | nice | background | ");
  BOOST_CHECK_EQUAL(made.phases[0].priority, 100);
}

BOOST_AUTO_TEST_CASE(every_left_out_candidate_has_its_reason) {
  auto context = roomy();
  context.budget_bytes = 250;
  context.floor = 0.05;
  context.fresh = [](const std::string& key) { return key == "there"; };
  context.held_out = [](const std::string& key) { return key == "control" || key == "vital"; };
  context.excluded = [](const std::string& key) { return key == "lock:1"; };
  const auto made = make_plan(
      {item("there"), item("control", 0.99), item("lock:1"), item("never", 0.01), item("big", 0.5, 5000),
       item("a", 0.9), item("", 1), item("vital", 0.001, 100, critical_priority)},
      context);
  BOOST_CHECK_EQUAL(selected(made), "vital | a | ");
  auto why = reasons(made);
  BOOST_CHECK(why.at("there") == left_out_reason::fresh);
  BOOST_CHECK(why.at("control") == left_out_reason::held_out);
  BOOST_CHECK(why.at("lock:1") == left_out_reason::key_rule);
  BOOST_CHECK(why.at("never") == left_out_reason::below_floor);
  BOOST_CHECK(why.at("big") == left_out_reason::over_budget);
  BOOST_CHECK(why.at("") == left_out_reason::key_rule);
}

// It stands for what was selected, so it must be one that would have been; and it takes nobody's place.
BOOST_AUTO_TEST_CASE(a_candidate_that_is_held_out_competes_but_takes_no_room) {
  auto context = roomy();
  context.limit = 2;
  context.floor = 0.2;
  context.held_out = [](const std::string& key) { return key[0] == 'c'; };
  const auto made = make_plan(
      {item("c1", 0.9), item("a", 0.8), item("b", 0.7), item("c2", 0.6), item("c3", 0.1), item("d", 0.5)},
      context);
  BOOST_CHECK_EQUAL(selected(made), "a b | ");
  auto why = reasons(made);
  BOOST_CHECK(why.at("c1") == left_out_reason::held_out);
  BOOST_CHECK(why.at("c2") == left_out_reason::over_limit);
  BOOST_CHECK(why.at("c3") == left_out_reason::below_floor);
  BOOST_CHECK(why.at("d") == left_out_reason::over_limit);
}

BOOST_AUTO_TEST_CASE(foresees_origin_calls_and_time) {
  auto context = roomy();
  context.workers = 4;
  context.phase_delay = 100ms;
  context.unknown_cost_us = 3000;
  auto unknown = item("x");
  unknown.cost_us = 0;
  // 1 ms each, 3 ms where nothing is known: two loads and one by four workers, and a pause between.
  const auto made = make_plan({item("a"), unknown, item("b", 0.5, 100, 50)}, context);
  BOOST_CHECK_EQUAL(made.origin_calls, 3u);
  BOOST_CHECK(made.expected_time == duration{100ms + 1ms + 250us});
}

BOOST_AUTO_TEST_CASE(what_is_exempt_is_neither_held_out_nor_throttled) {
  auto context = roomy();
  context.held_out = [](const std::string& key) { return key == "a" || key == "b"; };
  context.throttled = [](const candidate& each) { return each.key == "c" || each.key == "d"; };
  context.exempt = [](const candidate& each) { return each.key == "b" || each.key == "d"; };
  const auto made = make_plan({item("a"), item("b"), item("c"), item("d")}, context);
  BOOST_CHECK_EQUAL(selected(made), "b d | ");
  auto why = reasons(made);
  BOOST_CHECK(why.at("a") == left_out_reason::held_out);
  BOOST_CHECK(why.at("c") == left_out_reason::throttled);
}

BOOST_AUTO_TEST_CASE(a_policy_may_warm_the_top_class_only_or_ask_for_a_least_priority) {
  const std::vector<candidate> all{item("low", 1, 100, 5), item("nice", 1, 100, 10), item("good", 1, 100, 60),
                                   item("fine", 1, 100, 50)};
  auto context = roomy();
  context.top_class_only = true;
  BOOST_CHECK_EQUAL(selected(make_plan(all, context)), "fine good | ");
  BOOST_CHECK(reasons(make_plan(all, context)).at("nice") == left_out_reason::low_class);
  context = roomy();
  context.least_priority = 10;
  BOOST_CHECK_EQUAL(selected(make_plan(all, context)), "fine good | nice | ");
}

BOOST_AUTO_TEST_CASE(what_depends_on_more_levels_than_are_followed_is_too_deep) {
  auto context = roomy();
  context.most_levels = 1;
  const auto made = make_plan(
      {item("a"), needing(item("b"), {"a"}), needing(item("c"), {"b"}), needing(item("d"), {"c"})}, context);
  BOOST_CHECK_EQUAL(selected(made), "a | b | ");
  BOOST_CHECK(reasons(made).at("c") == left_out_reason::too_deep);
  BOOST_CHECK(reasons(made).at("d") == left_out_reason::too_deep);
}

BOOST_AUTO_TEST_CASE(takes_no_more_items_than_asked_for) {
  auto context = roomy();
  context.limit = 2;
  const auto made = make_plan({item("a", 0.1), item("b", 0.3), item("c", 0.2)}, context);
  BOOST_CHECK_EQUAL(selected(made), "b c | ");
  BOOST_CHECK(reasons(made).at("a") == left_out_reason::over_limit);
}

BOOST_AUTO_TEST_CASE(merges_duplicates_and_credits_every_strategy) {
  auto other = item("a", 0.9);
  other.strategy = "recent";
  other.tags = {"news"};
  other.ttl = 5s;
  auto again = item("a", 0.1, 100, important_priority);
  again.ttl = 9s;
  const auto made = make_plan({item("a", 0.2), other, again}, roomy());
  BOOST_REQUIRE_EQUAL(made.selected, 1u);
  const auto& merged = made.phases[0].items[0];
  BOOST_CHECK_EQUAL(merged.strategy, "popular+recent");
  BOOST_CHECK_EQUAL(merged.probability, 0.9);
  BOOST_CHECK_EQUAL(merged.priority, important_priority);
  BOOST_CHECK(merged.ttl == duration{5s});
  BOOST_CHECK_EQUAL(merged.tags.at(0), "news");
  BOOST_CHECK_EQUAL(credited_strategies(merged).size(), 2u);
  BOOST_REQUIRE_EQUAL(made.left_out.size(), 2u);
  for (const auto& each : made.left_out) BOOST_CHECK(each.reason == left_out_reason::duplicate);
}

BOOST_AUTO_TEST_CASE(warms_what_others_depend_on_before_them) {
  const auto made =
      make_plan({needing(item("page", 0.9), {"layout", "unknown"}), needing(item("layout", 0.1), {"fonts"}),
                 item("fonts", 0.01), item("other", 0.5)},
                roomy());
  BOOST_CHECK_EQUAL(selected(made), "fonts other | layout | page | ");
  BOOST_CHECK_EQUAL(made.phases[2].level, 2u);
}

BOOST_AUTO_TEST_CASE(a_dependency_takes_on_the_class_of_what_needs_it) {
  const auto made = make_plan(
      {needing(item("page", 0.9, 100, 100), {"layout"}), item("layout", 0.1, 100, 1), item("nice", 1, 1)},
      roomy());
  BOOST_CHECK_EQUAL(selected(made), "layout | page | nice | ");
  BOOST_CHECK_EQUAL(made.phases[0].items[0].priority, 100);
}

BOOST_AUTO_TEST_CASE(a_dependency_below_the_floor_is_kept_for_what_needs_it) {
  auto context = roomy();
  context.floor = 0.05;
  const auto made = make_plan({needing(item("page", 0.9), {"layout"}), item("layout", 0.001)}, context);
  BOOST_CHECK_EQUAL(selected(made), "layout | page | ");
}

BOOST_AUTO_TEST_CASE(what_depends_on_something_without_room_is_left_out_with_it) {
  auto context = roomy();
  context.budget_bytes = 500;
  const auto made = make_plan({needing(item("page", 0.9), {"huge"}), item("huge", 0.9, 1000)}, context);
  BOOST_CHECK_EQUAL(made.selected, 0u);
  BOOST_CHECK(reasons(made).at("page") == left_out_reason::over_budget);
}

BOOST_AUTO_TEST_CASE(a_dependency_that_is_fresh_or_held_out_holds_nothing_up) {
  auto context = roomy();
  context.fresh = [](const std::string& key) { return key == "there"; };
  context.held_out = [](const std::string& key) { return key == "control"; };
  const auto made =
      make_plan({needing(item("page", 0.9), {"there", "control"}), item("there"), item("control")}, context);
  BOOST_CHECK_EQUAL(selected(made), "page | ");
}

BOOST_AUTO_TEST_CASE(cycles_are_cut_and_everything_is_warmed_once) {
  const auto made =
      make_plan({needing(item("a"), {"b"}), needing(item("b"), {"c"}), needing(item("c"), {"a"}),
                 needing(item("self"), {"self"}), needing(item("after"), {"a"})},
                roomy());
  BOOST_CHECK_EQUAL(made.selected, 5u);
}

BOOST_AUTO_TEST_CASE(reckons_with_defaults_for_what_is_not_known) {
  auto unknown = item("key", 0.5, 0);
  unknown.cost_us = 0;
  auto context = roomy();
  context.unknown_bytes = 700;
  context.overhead_bytes = 50;
  const auto made = make_plan({unknown}, context);
  BOOST_CHECK_EQUAL(made.planned_bytes, 753u);
  BOOST_CHECK_EQUAL(made.phases[0].items[0].bytes, 700u);
}

BOOST_AUTO_TEST_CASE(probabilities_that_are_none_are_made_ones) {
  auto context = roomy();
  context.floor = 0.5;
  const auto made = make_plan({item("nan", std::nan("")), item("minus", -3), item("plus", 7)}, context);
  BOOST_CHECK_EQUAL(selected(made), "plus | ");
}

BOOST_AUTO_TEST_CASE(nothing_makes_an_empty_plan) {
  const auto made = make_plan({}, roomy());
  BOOST_CHECK(made.phases.empty() && made.left_out.empty());
}

int class_of(std::int32_t priority) {
  return priority >= 100 ? 3 : priority >= 50 ? 2 : priority >= 10 ? 1 : 0;
}

// A random world of candidates, with duplicates, dependencies (acyclic: each on later ones) and tight bounds.
struct world {
  std::vector<candidate> candidates;
  plan_context context;

  explicit world(std::uint32_t seed) {
    std::mt19937 random{seed};
    const auto up_to = [&](std::uint32_t most) {
      return std::uniform_int_distribution<std::uint32_t>{0, most}(random);
    };
    const auto count = up_to(60);
    const auto keys = 1 + up_to(50);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto number = up_to(keys);
      auto made = item("k" + std::to_string(number), up_to(100) / 100.0, up_to(1000),
                       static_cast<std::int32_t>(up_to(120)));
      made.strategy = "s" + std::to_string(up_to(3));
      for (auto d = up_to(2); d > 0; --d)
        made.dependencies.push_back("k" + std::to_string(number + 1 + up_to(5)));
      candidates.push_back(std::move(made));
    }
    context = roomy();
    context.budget_bytes = up_to(20000);
    context.limit = up_to(1) == 0 ? 0 : up_to(30);
    context.floor = up_to(30) / 100.0;
    context.overhead_bytes = up_to(100);
    const auto fresh = up_to(9);
    context.fresh = [fresh](const std::string& key) { return key.back() == static_cast<char>('0' + fresh); };
  }
};

BOOST_AUTO_TEST_CASE(any_plan_respects_budget_limit_order_and_dependencies) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    const world given{seed};
    const auto made = make_plan(given.candidates, given.context);
    std::map<std::string, std::size_t> phase_of;
    std::uint64_t bytes = 0;
    for (std::size_t phase = 0; phase < made.phases.size(); ++phase)
      for (const auto& each : made.phases[phase].items) {
        BOOST_REQUIRE(phase_of.emplace(each.key, phase).second);
        bytes += estimated_bytes(each, given.context);
      }
    BOOST_REQUIRE_EQUAL(bytes, made.planned_bytes);
    BOOST_REQUIRE_LE(bytes, given.context.budget_bytes);
    BOOST_REQUIRE_EQUAL(phase_of.size(), made.selected);
    if (given.context.limit != 0) BOOST_REQUIRE_LE(made.selected, given.context.limit);
    BOOST_REQUIRE_EQUAL(made.selected + made.left_out.size(), given.candidates.size());
    const auto why = reasons(made);
    for (const auto& phase : made.phases)
      for (const auto& each : phase.items)
        for (const auto& needed : each.dependencies) {
          if (phase_of.count(needed) != 0) BOOST_REQUIRE_LT(phase_of[needed], phase_of[each.key]);
          const auto left_out = why.find(needed);
          if (left_out != why.end() && phase_of.count(needed) == 0)
            BOOST_REQUIRE(left_out->second == left_out_reason::fresh ||
                          left_out->second == left_out_reason::duplicate ||
                          left_out->second == left_out_reason::below_floor);
        }
    for (std::size_t phase = 1; phase < made.phases.size(); ++phase)
      BOOST_REQUIRE_GE(class_of(made.phases[phase - 1].priority), class_of(made.phases[phase].priority));
  }
}

BOOST_AUTO_TEST_CASE(the_same_candidates_make_the_same_plan) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const world given{seed};
    BOOST_CHECK_EQUAL(selected(make_plan(given.candidates, given.context)),
                      selected(make_plan(given.candidates, given.context)));
  }
}

BOOST_AUTO_TEST_CASE(a_long_chain_of_dependencies_is_planned_in_one_pass) {
  std::vector<candidate> chain;
  constexpr int length = 20000;
  for (int i = 0; i < length; ++i)
    chain.push_back(needing(item("k" + std::to_string(i)), {"k" + std::to_string(i + 1)}));
  const auto made = make_plan(std::move(chain), roomy());
  BOOST_CHECK_EQUAL(made.phases.size(), static_cast<std::size_t>(length));
  BOOST_CHECK_EQUAL(made.phases.front().items.front().key, "k19999");
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
