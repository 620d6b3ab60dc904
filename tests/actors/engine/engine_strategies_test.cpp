// Every built-in strategy once through a whole engine, and what the library does with sets of keys.
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <stoker/engine.hpp>
#include <thread>

#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/gate.hpp"

using namespace stoker;
using namespace std::chrono_literals;

namespace engine_strategies {

// An engine whose time the test sets, with one cache over an origin that knows every key.
struct clocked_engine {
  cache_config config() {
    cache_config pages;
    pages.name = "pages";
    pages.capacity_bytes = 8 << 20;
    pages.predictor = predictor_kind::none;
    pages.load = [this](std::string_view key) {
      std::lock_guard guard{mutex};
      loads.emplace_back(key);
      return loaded("value " + std::to_string(loads.size()));
    };
    return pages;
  }

  void use(const std::string& key, int times = 1, const access_context& context = {},
           const std::vector<std::string>& together = {}) {
    for (int i = 0; i < times; ++i) cache.record(key, access_outcome::hit, context, together, 100, 1000);
    running.flush();
  }
  warm_report warm(const std::string& strategy, std::vector<strategy_parameter_value> parameters = {},
                   std::uint32_t limit = 0) {
    return running.warm(
        {.cache = "pages", .strategies = {strategy}, .parameters = std::move(parameters), .limit = limit});
  }
  // Which keys a strategy would warm, in order of the alphabet.
  std::string planned(const std::string& strategy, std::vector<strategy_parameter_value> parameters = {},
                      std::uint32_t limit = 0) {
    const auto plan = running.plan(
        {.cache = "pages", .strategies = {strategy}, .parameters = std::move(parameters), .limit = limit});
    std::vector<std::string> keys;
    for (const auto& phase : plan.phases)
      for (const auto& item : phase.items) keys.push_back(item.key);
    std::sort(keys.begin(), keys.end());
    std::string text;
    for (const auto& key : keys) text += (text.empty() ? "" : " ") + key;
    return text;
  }
  bool is_warm(const std::string& key) { return cache.get(key).outcome == get_outcome::hit; }

  std::mutex mutex;
  std::vector<std::string> loads;
  // The test moves the minutes; within them time passes by itself, for runs of several phases pause.
  std::atomic<std::int64_t> minutes{480'000 * 60};  // a whole hour, 00:00 UTC
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  engine running{{.now = [this] {
    return time_point{std::chrono::minutes{minutes.load()}} + (std::chrono::steady_clock::now() - began);
  }}};
  cache_handle cache = running.add_cache(config());
};

}  // namespace engine_strategies

BOOST_FIXTURE_TEST_SUITE(engine_strategies, clocked_engine)

BOOST_AUTO_TEST_CASE(trending_finds_what_grows) {
  use("steady", 5);
  minutes += 24 * 60;
  use("steady", 5);
  use("rising", 5);
  BOOST_TEST(planned("trending") == "rising");
  BOOST_TEST(warm("trending").warmed == 1u);
  BOOST_TEST(is_warm("rising"));
}

BOOST_AUTO_TEST_CASE(time_of_day_finds_what_is_used_in_the_coming_hour) {
  minutes += 60;
  use("at one", 3);
  minutes += 60;
  use("at two", 3);
  minutes += 22 * 60;  // the next day, 00:00
  BOOST_TEST(planned("time_of_day") == "at one");
  BOOST_TEST(planned("time_of_day", {{"ahead", "2"}}) == "at two");
  BOOST_TEST(warm("time_of_day").warmed == 1u);
}

BOOST_AUTO_TEST_CASE(due_finds_what_comes_at_intervals) {
  for (int i = 0; i < 6; ++i) {
    use("every ten minutes");
    minutes += 10;
  }
  use("once");
  BOOST_TEST(planned("due", {{"horizon", "15m"}}) == "every ten minutes");
  BOOST_TEST(warm("due").warmed == 1u);
}

BOOST_AUTO_TEST_CASE(correlated_and_dependencies_follow_from_a_key) {
  use("page", 10, {}, {"style"});
  BOOST_TEST(planned("correlated", {{"keys", "page"}}) == "style");
  cache.depends("page", {"layout"});
  cache.depends("layout", {"font"});
  cache.depends("font", {"page"});
  BOOST_TEST(planned("dependencies", {{"keys", "page"}, {"depth", "1"}}) == "layout page");
  BOOST_TEST(warm("dependencies", {{"keys", "page"}, {"depth", "3"}}).warmed == 3u);
}

BOOST_AUTO_TEST_CASE(predictive_asks_the_predictor) {
  auto config = clocked_engine::config();
  config.name = "learning";
  config.predictor = predictor_kind::stoker;
  config.observe = true;
  auto learning = running.add_cache(config);
  for (int i = 0; i < 200; ++i)
    for (const auto* key : {"first", "second", "third"}) learning.record(key, access_outcome::miss);
  BOOST_TEST(running.flush());
  warm_request request{.cache = "learning", .strategies = {"predictive"}};
  request.parameters = {{"keys", "first"}, {"confidence", "0.2"}};
  const auto plan = running.plan(request);
  BOOST_REQUIRE(plan.selected > 0u);
  const auto& items = plan.phases.at(0).items;
  BOOST_TEST(std::any_of(items.begin(), items.end(), [](const auto& item) { return item.key == "second"; }));
}

BOOST_AUTO_TEST_CASE(priority_selects_by_name_and_glob) {
  use("src/a.py");
  use("docs/b.md");
  BOOST_TEST(planned("priority", {{"keys", "never used"}, {"globs", "src/*"}}) == "never used src/a.py");
}

BOOST_AUTO_TEST_CASE(kinds_of_keys_are_selected_as_they_were_described) {
  use("plain", 9);
  cache.describe("simple", {"python"}, {{"complexity", 1}});
  cache.describe("middle", {"java"}, {{"complexity", 5}});
  cache.describe("complex", {"python"}, {{"complexity", 9}});
  running.flush();
  BOOST_TEST(planned("tagged", {{"tag", "python"}}) == "complex simple");
  BOOST_TEST(planned("language_specific", {{"language", "java"}}) == "middle");
  BOOST_TEST(planned("complex_patterns", {}, 2) == "complex middle");
  BOOST_TEST(planned("complex_patterns", {{"complexity", "4"}, {"language", "python"}}) == "complex");
  BOOST_TEST(planned("by_attribute", {{"attribute", "complexity"}, {"at_least", "5"}}) == "complex middle");
  BOOST_TEST(planned("common_patterns", {}, 1) == "plain");
  BOOST_TEST(planned("common_files", {{"language", "python"}}) == "complex simple");
  BOOST_TEST(warm("complex_patterns", {}, 1).warmed == 1u);
  BOOST_TEST(is_warm("complex"));
}

BOOST_AUTO_TEST_CASE(the_tag_whose_hour_comes_is_warmed) {
  cache.describe("chip", {"sector:tech"});
  cache.describe("bank", {"sector:finance"});
  minutes += 60;
  use("chip", 40);
  minutes += 60;
  use("bank", 40);
  minutes += 22 * 60;
  const auto report = warm("tag_rotation", {{"prefix", "sector:"}});
  BOOST_TEST(report.warmed == 1u);
  BOOST_TEST(report.notes.at(0) == "tag_rotation: the turn of tag sector:tech");
  BOOST_TEST(is_warm("chip"));
}

BOOST_AUTO_TEST_CASE(entries_in_use_are_refreshed_before_they_expire) {
  auto config = clocked_engine::config();
  config.name = "quotes";
  config.ttl = 100min;
  auto quotes = running.add_cache(config);
  const auto before = std::string{quotes.get("used").bytes.view()};
  quotes.get("unused");
  for (int i = 0; i < 20; ++i) quotes.get("used");
  running.flush();
  const auto refresh = [&] { return running.warm({.cache = "quotes", .strategies = {"refresh_ahead"}}); };
  minutes += 50;
  BOOST_TEST(refresh().warmed == 0u);
  minutes += 40;
  BOOST_TEST(refresh().warmed >= 1u);
  minutes += 20;  // past the first TTL
  const auto after = quotes.get("used");
  BOOST_CHECK(after.outcome == get_outcome::hit);
  BOOST_TEST(after.bytes.view() != before);
}

BOOST_AUTO_TEST_CASE(a_get_renews_what_expires_soon_beside_the_user) {
  auto config = clocked_engine::config();
  config.name = "quotes";
  config.ttl = 100min;
  config.early_renewal = 1e12;  // any hit draws the lot
  auto quotes = running.add_cache(config);
  const auto before = std::string{quotes.get("k").bytes.view()};
  const auto is_renewed = [&] {
    const auto again = quotes.get("k");
    BOOST_REQUIRE((again.outcome == get_outcome::hit));
    return again.bytes.view() != before;
  };
  BOOST_TEST(test::eventually(is_renewed));
  config.name = "bad";
  config.early_renewal = -1;
  BOOST_CHECK_THROW(running.add_cache(config), error);
}

BOOST_AUTO_TEST_CASE(the_hot_set_comes_back_after_days_away) {
  use("hot", 30);
  use("cold", 1);
  minutes += 3 * 24 * 60;
  const auto restored = running.plan({.cache = "pages", .strategies = {"snapshot"}});
  BOOST_REQUIRE(restored.selected == 2u);
  BOOST_TEST(restored.phases.at(0).items.at(0).key == "hot");
  BOOST_TEST(restored.phases[0].items[0].probability > 0.9);
  BOOST_TEST(warm("snapshot").warmed == 2u);
}

BOOST_AUTO_TEST_CASE(tasks_have_loaders_of_their_own_for_the_warmer_and_for_users) {
  running.register_task({.cache = "pages",
                         .id = "catalogue",
                         .name = "The catalogue",
                         .load = [](std::string_view) { return loaded("by the task"); },
                         .ttl = 10min,
                         .priority = 70,
                         .tags = {"shop"}});
  running.register_task({.cache = "pages", .id = "home", .key = "/home"});
  BOOST_TEST(running.tasks("pages").size() == 2u);
  BOOST_TEST(running.tasks("pages")[0].id == "catalogue");
  BOOST_TEST(warm("tasks").warmed == 2u);
  BOOST_TEST(cache.get("catalogue").bytes.view() == "by the task");
  BOOST_TEST(is_warm("/home"));
  BOOST_TEST(cache.invalidate_tags({"shop"}) == 1u);
  BOOST_TEST(cache.get("catalogue").bytes.view() == "by the task");
  minutes += 11;
  BOOST_CHECK(cache.get("catalogue").outcome == get_outcome::miss);  // the task's TTL holds for users' loads
  BOOST_TEST(running.unregister_task("pages", "catalogue"));
  BOOST_TEST(!running.unregister_task("pages", "catalogue"));
  cache.invalidate("catalogue");
  BOOST_TEST(cache.get("catalogue").bytes.view() != "by the task");
  BOOST_CHECK_THROW(running.register_task({.cache = "pages"}), error);
  BOOST_CHECK_THROW(running.register_task({.cache = "none", .id = "x"}), error);
}

BOOST_AUTO_TEST_CASE(the_critical_set_is_warmed_with_counts_and_duration) {
  BOOST_TEST(running.warm_critical().skipped());
  const auto failing = [](std::string_view) -> load_result {
    return {.outcome = load_outcome::refused, .error = "no"};
  };
  running.register_task({.cache = "pages", .id = "a", .priority = 100});
  running.register_task({.cache = "pages", .id = "b", .critical = true});
  running.register_task({.cache = "pages", .id = "broken", .load = failing, .critical = true});
  running.register_task({.cache = "pages", .id = "ordinary", .priority = 99});
  auto result = running.warm_critical("pages");
  BOOST_TEST(result.candidates == 3u);
  BOOST_TEST(result.warmed == 2u);
  BOOST_TEST(result.failed == 1u);
  BOOST_TEST((result.took > 0s));
  BOOST_TEST(!result.skipped());
  BOOST_TEST(is_warm("a"));
  BOOST_TEST(is_warm("b"));
  result = running.warm_critical();
  BOOST_TEST(result.already_warm == 2u);
  BOOST_TEST(result.runs.size() == 1u);
  BOOST_CHECK_THROW(running.warm_critical("none"), error);
}

BOOST_AUTO_TEST_CASE(a_user_who_signs_in_finds_his_keys_warm) {
  use("his session", 1, {.subject = "user 1", .kind = "session"});
  use("his form", 1, {.subject = "user 1", .kind = "forms"});
  use("his menu", 1, {.subject = "user 1", .kind = "navigation"});
  use("of another", 1, {.subject = "user 2", .kind = "session"});
  auto result = running.warm_user("user 1", {.without = {"navigation"}});
  BOOST_TEST(result.warmed == 2u);
  BOOST_TEST(is_warm("his session"));
  BOOST_TEST(is_warm("his form"));
  result = running.warm_user("user 1");
  BOOST_TEST(result.skipped());
  BOOST_REQUIRE(result.notes.size() == 1u);
  BOOST_TEST(result.notes[0].find("skipped") != std::string::npos);
  result = running.warm_user("user 1", {.force = true, .kinds = {"navigation", "session"}});
  BOOST_TEST(result.warmed == 1u);
  BOOST_TEST(result.already_warm == 1u);
  minutes += 5;
  BOOST_TEST(!running.warm_user("user 1").skipped());
  BOOST_TEST(running.warm_user("nobody").skipped());
}

BOOST_AUTO_TEST_CASE(an_urgent_run_does_not_wait_for_the_one_under_way) {
  stoker::test::gate held;
  auto config = clocked_engine::config();
  config.name = "slow";
  config.load = [&](std::string_view key) {
    if (key == "slow") held.enter();
    return loaded("x");
  };
  auto slow = running.add_cache(config);
  slow.record("his", access_outcome::hit, {.subject = "user 1"});
  running.flush();
  std::thread background{[&] {
    running.warm({.cache = "slow", .strategies = {"priority"}, .parameters = {{"keys", "slow"}}});
  }};
  held.wait_until_entered();
  BOOST_CHECK_THROW(running.warm({.cache = "slow"}), error);  // one run at a time
  BOOST_TEST(running.warm_user("user 1", {.cache = "slow"}).warmed == 1u);
  std::vector<warm_progress> steps;
  const auto report = running.warm(
      {.cache = "slow", .strategies = {"priority"}, .parameters = {{"keys", "urgent"}}, .beside = true},
      [&](const warm_progress& step) { steps.push_back(step); });
  BOOST_TEST(report.warmed == 1u);
  BOOST_TEST(!steps.empty());
  held.open();
  background.join();
  BOOST_CHECK(slow.get("his").outcome == get_outcome::hit);
}

BOOST_AUTO_TEST_CASE(parameters_as_text_reach_strategies_and_actions_of_the_host) {
  running.register_strategy(
      {.cache = "pages",
       .name = "range",
       .description = "Numbers",
       .parameters = {{"from", "integer", "0", "the first"}, {"names", "list", "", "x"}},
       .propose = [](const strategy_request& request) {
         std::vector<candidate> result;
         for (const auto& given : request.parameters)
           result.push_back({.key = given.name + "=" + given.text, .probability = 1});
         return result;
       }});
  std::string seen;
  running.register_action({.name = "act",
                           .description = "Acts",
                           .parameters = {{"how", "text", "softly", "how"}},
                           .run = [&](const strategy_request& request) {
                             seen = request.parameters.at(0).text;
                             return true;
                           }});
  BOOST_TEST(planned("range", {{"from", "7"}}) == "from=7 names=");
  BOOST_CHECK_THROW(planned("range", {{"from", "seven"}}), error);
  BOOST_CHECK_THROW(planned("range", {{"colour", "red"}}), error);
  warm("act");
  BOOST_TEST(seen == "softly");
  warm("act", {{"how", "loudly"}});
  BOOST_TEST(seen == "loudly");
}

BOOST_AUTO_TEST_CASE(a_key_tells_by_its_name_what_it_is_and_whose) {
  auto users = config();
  users.name = "users";
  users.tags_of = [](std::string_view key) {
    return key.starts_with("user:") ? std::vector<std::string>{"users", std::string{key}}
                                    : std::vector<std::string>{};
  };
  users.subject_of = [](std::string_view key) {
    return key.starts_with("user:") ? std::string{key.substr(5, 1)} : std::string{};
  };
  auto handle = running.add_cache(users);
  handle.get("user:7/name");
  handle.get("page");
  handle.record("user:7/mail", access_outcome::miss);
  handle.record("user:8", access_outcome::miss, {.subject = "somebody else"});
  const std::vector<reported_access> told{{"user:7/feed", access_outcome::miss}};
  BOOST_TEST(handle.record_all(told) == 1u);
  running.flush();
  const auto names = [](std::vector<ranked_key> keys) {
    std::string text;
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (const auto& each : keys) text += each.key + ' ';
    return text;
  };
  BOOST_TEST(names(running.top({.cache = "users", .tag = "users"}).keys) ==
             "user:7/feed user:7/mail user:7/name user:8 ");
  handle.clear();
  BOOST_TEST(
      running.warm({.cache = "users", .strategies = {"subject"}, .parameters = {{"subject", "7"}}}).warmed ==
      3u);
  // Whoever fills an entry, it carries the tags of its name.
  handle.put("user:9", "live", {.tags = {"users", "vip"}});
  handle.get("page");
  BOOST_TEST(handle.invalidate_tags({"user:7/name"}) == 1u);
  BOOST_TEST(handle.invalidate_tags({"users"}) == 3u);
  BOOST_CHECK(handle.get("page").outcome == get_outcome::hit);
}

BOOST_AUTO_TEST_SUITE_END()
