// What goes wrong at the public face: a clear error each, nothing lost, others unaffected.
#include <boost/test/unit_test.hpp>
#include <stoker/engine.hpp>

#include "tests/fixtures/eventually.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(engine_faults)

namespace {

load_result found(std::string_view key) {
  return {.outcome = load_outcome::loaded, .bytes = value{"value of " + std::string{key}}};
}

cache_config named(const std::string& name) {
  cache_config config;
  config.name = name;
  config.capacity_bytes = 1 << 20;
  config.load = found;
  config.predictor = predictor_kind::none;
  return config;
}

// An error of this code whose text holds every one of `words`.
auto says(errc code, std::vector<std::string> words) {
  return [=](const error& failure) {
    const std::string text = failure.what();
    BOOST_TEST_MESSAGE("error: " << text);
    bool all = failure.code() == code;
    for (const auto& word : words) all = all && text.find(word) != std::string::npos;
    return all;
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_cache_added_twice_is_refused_and_the_first_goes_on) {
  engine running;
  auto cache = running.add_cache(named("pages"));
  BOOST_CHECK_EXCEPTION(running.add_cache(named("pages")), error,
                        says(errc::already_exists, {"\"pages\"", "another name"}));
  BOOST_CHECK(cache.get("a"));
  BOOST_TEST(running.status().caches.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_unknown_strategy_is_named_with_those_there_are) {
  engine running;
  running.add_cache(named("pages"));
  BOOST_CHECK_EXCEPTION(running.warm({.cache = "pages", .strategies = {"populra"}}), error,
                        says(errc::no_such_strategy, {"populra", "popular", "recent"}));
}

BOOST_AUTO_TEST_CASE(an_unknown_cache_is_named_with_those_there_are) {
  engine running;
  running.add_cache(named("pages"));
  const auto expected = says(errc::no_such_cache, {"\"page\"", "pages"});
  BOOST_CHECK_EXCEPTION(running.cache("page"), error, expected);
  BOOST_CHECK_EXCEPTION(running.warm({.cache = "page"}), error, expected);
  BOOST_CHECK_EXCEPTION(running.plan({.cache = "page"}), error, expected);
  BOOST_CHECK_EXCEPTION(running.patterns("page"), error, expected);
  BOOST_CHECK_EXCEPTION(running.predict({.cache = "page"}), error, expected);
  BOOST_CHECK_EXCEPTION(running.forget("page"), error, expected);
  BOOST_CHECK_EXCEPTION(running.start({.caches = {"page"}}), error, expected);
}

BOOST_AUTO_TEST_CASE(a_loader_that_throws_fails_its_key_alone) {
  engine running;
  auto config = named("pages");
  config.load = [](std::string_view key) {
    if (key == "bad") throw std::runtime_error{"the database is on fire"};
    return found(key);
  };
  auto cache = running.add_cache(config);
  const auto bad = cache.get("bad");
  BOOST_CHECK(bad.outcome == get_outcome::failed);
  BOOST_TEST(bad.error.find("the database is on fire") != std::string::npos);
  BOOST_CHECK(cache.get("good"));

  running.flush();
  cache.clear();
  const auto report = running.warm({.cache = "pages"});
  BOOST_TEST(report.reconciles());
  BOOST_TEST(report.warmed == 1u);
  BOOST_TEST(report.failed == 1u);
  BOOST_REQUIRE(report.problems.size() == 1u);
  BOOST_TEST(report.problems[0].key == "bad");
  BOOST_TEST(report.problems[0].reason.find("on fire") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_loader_that_hangs_times_out_for_its_key_alone) {
  std::promise<void> release;
  auto released = release.get_future().share();
  {
    engine running;
    auto config = named("pages");
    config.load_timeout = 50ms;
    config.load = [released](std::string_view key) {
      if (key == "stuck") released.wait();
      return found(key);
    };
    auto cache = running.add_cache(config);
    const auto stuck = cache.get("stuck");
    BOOST_CHECK(stuck.outcome == get_outcome::timed_out);
    BOOST_TEST(!stuck.error.empty());
    BOOST_CHECK(test::eventually([&] { return static_cast<bool>(cache.get("free")); }));
    BOOST_TEST(running.status().missing.empty());
    release.set_value();
  }
}

BOOST_AUTO_TEST_CASE(a_zero_capacity_is_refused) {
  engine running;
  auto config = named("pages");
  config.capacity_bytes = 0;
  BOOST_CHECK_EXCEPTION(running.add_cache(config), error,
                        says(errc::invalid_argument, {"\"pages\"", "capacity"}));
  config.capacity_bytes = 1;
  BOOST_CHECK_EXCEPTION(running.add_cache(config), error,
                        says(errc::invalid_argument, {"\"pages\"", "capacity"}));
  BOOST_TEST(running.status().caches.empty());
  BOOST_CHECK_NO_THROW(running.add_cache(named("pages")));
}

BOOST_AUTO_TEST_CASE(a_key_of_one_mebibyte_is_refused_and_counts_nowhere) {
  engine running;
  auto cache = running.add_cache(named("pages"));
  const std::string key(1 << 20, 'x');
  const auto refused = cache.get(key);
  BOOST_CHECK(refused.outcome == get_outcome::failed);
  BOOST_TEST(refused.error.find("1048576 bytes") != std::string::npos);
  BOOST_CHECK_EXCEPTION(cache.put(key, "v"), error, says(errc::invalid_argument, {"1048576 bytes"}));
  BOOST_CHECK_EXCEPTION(cache.record(key, access_outcome::hit), error,
                        says(errc::invalid_argument, {"1048576"}));
  BOOST_CHECK_THROW(cache.describe(key, {"t"}), error);
  BOOST_CHECK_THROW(cache.depends("a", {key}), error);
  BOOST_CHECK(cache.get("a"));
  running.flush();
  BOOST_TEST(running.status().tracker.keys == 1u);
}

BOOST_AUTO_TEST_CASE(a_value_that_does_not_fit_is_read_but_not_kept) {
  engine running;
  auto config = named("pages");
  config.load = [](std::string_view) -> load_result {
    return {.outcome = load_outcome::loaded, .bytes = value{std::string(2 << 20, 'x')}};
  };
  auto cache = running.add_cache(config);
  BOOST_TEST(cache.get("big").bytes.size() == std::size_t{2} << 20);
  BOOST_TEST(cache.stats().entries == 0u);
  BOOST_CHECK_EXCEPTION(cache.put("big", std::string(2 << 20, 'x')), error,
                        says(errc::invalid_argument, {"2097152 bytes", "capacity"}));
}

BOOST_AUTO_TEST_CASE(incomplete_cache_configurations_are_refused) {
  engine running;
  auto config = named("");
  BOOST_CHECK_EXCEPTION(running.add_cache(config), error, says(errc::invalid_argument, {"name"}));
  config = named("pages");
  config.load = nullptr;
  BOOST_CHECK_EXCEPTION(running.add_cache(config), error, says(errc::invalid_argument, {"origin"}));
  config = named("pages");
  config.load_timeout = 0s;
  BOOST_CHECK_EXCEPTION(running.add_cache(config), error, says(errc::invalid_argument, {"load_timeout"}));
  config = named("pages");
  config.ttl = -1s;
  BOOST_CHECK_EXCEPTION(running.add_cache(config), error, says(errc::invalid_argument, {"ttl"}));
  config = named("pages");
  config.default_strategy.clear();
  BOOST_CHECK_EXCEPTION(running.add_cache(config), error, says(errc::invalid_argument, {"default_strategy"}));
}

BOOST_AUTO_TEST_CASE(engine_settings_out_of_range_are_refused) {
  BOOST_CHECK_EXCEPTION(engine{{.tracker_shards = 0}}, error,
                        says(errc::invalid_argument, {"tracker_shards"}));
  BOOST_CHECK_EXCEPTION(engine{{.loaders = 1000}}, error, says(errc::invalid_argument, {"loaders"}));
  BOOST_CHECK_EXCEPTION(engine{{.loss_window = 0s}}, error, says(errc::invalid_argument, {"loss_window"}));
  BOOST_CHECK_EXCEPTION(engine{{.tracked_keys = 1}}, error, says(errc::invalid_argument, {"tracked_keys"}));
  BOOST_CHECK_EXCEPTION(engine{{.request_timeout = 0s}}, error,
                        says(errc::invalid_argument, {"request_timeout"}));
}

BOOST_AUTO_TEST_CASE(a_strategy_of_the_host_that_throws_fails_its_run_alone) {
  engine running;
  auto cache = running.add_cache(named("pages"));
  running.register_strategy(
      {.name = "broken", .description = "throws", .propose = [](const strategy_request&) {
         throw std::runtime_error{"no idea"};
         return std::vector<candidate>{};
       }});
  std::string told;
  try {
    told = running.warm({.cache = "pages", .strategies = {"broken"}}).error;
  } catch (const error& failure) {
    told = failure.what();
  }
  BOOST_TEST(told.find("no idea") != std::string::npos);
  cache.get("a");
  running.flush();
  cache.clear();
  BOOST_TEST(running.warm({.cache = "pages"}).warmed == 1u);
}

BOOST_AUTO_TEST_CASE(a_strategy_registered_twice_or_without_a_function_is_refused) {
  engine running;
  const custom_strategy good{.name = "mine", .description = "d", .propose = [](const strategy_request&) {
                               return std::vector<candidate>{};
                             }};
  running.register_strategy(good);
  BOOST_CHECK_EXCEPTION(running.register_strategy(good), error, says(errc::already_exists, {"mine"}));
  BOOST_CHECK_EXCEPTION(running.register_strategy({.name = "empty"}), error,
                        says(errc::invalid_argument, {"empty"}));
  BOOST_CHECK_THROW(running.register_action({.name = "empty"}), error);
}

BOOST_AUTO_TEST_CASE(a_handle_outlives_its_engine_as_a_plain_cache) {
  std::optional<cache_handle> cache;
  {
    engine running;
    cache = running.add_cache(named("pages"));
    cache->get("a");
  }
  BOOST_CHECK(cache->get("a").outcome == get_outcome::hit);
  BOOST_CHECK_EXCEPTION(cache->frequency("a"), error, says(errc::stopped, {"shut down"}));
}

BOOST_AUTO_TEST_SUITE_END()
