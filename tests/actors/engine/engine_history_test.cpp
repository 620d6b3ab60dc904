// What the engine knows over restarts, and what it does with a history that is not as it should be.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <stoker/engine.hpp>

#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(engine_history)

namespace {

cache_config pages() {
  cache_config config;
  config.name = "pages";
  config.capacity_bytes = 1 << 20;
  config.load = [](std::string_view key) -> load_result {
    return {.outcome = load_outcome::loaded, .bytes = value{key}};
  };
  return config;
}

}  // namespace

BOOST_AUTO_TEST_CASE(knows_after_a_restart_what_it_learned_before) {
  test::temporary_folder folder;
  {
    engine running{{.history_folder = folder.path() / "history"}};
    auto cache = running.add_cache(pages());
    for (int round = 0; round < 3; ++round)
      for (int number = 0; number < 50; ++number) cache.get("key " + std::to_string(number));
    cache.depends("key 1", {"key 2"});
    cache.describe("key 3", {"tag"});
  }
  engine running{{.history_folder = folder.path() / "history"}};
  auto cache = running.add_cache(pages());
  BOOST_CHECK(running.status().history.state == history_state::opened);
  const auto report = running.warm({.cache = "pages"});
  BOOST_TEST(report.warmed == 50u);
  BOOST_TEST(cache.frequency("key 7") == 3u);
  BOOST_TEST(running.patterns("pages").unique_keys == 50u);
  BOOST_TEST(running.top({.cache = "pages", .tag = "tag"}).keys.size() == 1u);
  for (int number = 0; number < 50; ++number)
    BOOST_CHECK(cache.get("key " + std::to_string(number)).outcome == get_outcome::hit);
}

BOOST_AUTO_TEST_CASE(knows_after_a_restart_what_hit_ratio_a_warm_cache_had) {
  test::temporary_folder folder;
  const engine_config config{.history_folder = folder.path() / "history"};
  const auto window = [](cache_handle& cache) {
    for (int number = 0; number < 1000; ++number) cache.get("key " + std::to_string(number % 50));
  };
  const auto state = [](engine& running) { return running.status().caches.at(0); };
  {
    engine running{config};
    auto cache = running.add_cache(pages());
    BOOST_TEST(!state(running).warm);
    BOOST_CHECK(test::eventually([&] {
      window(cache);
      return state(running).warm;
    }));
    BOOST_TEST(state(running).steady_hit_ratio > 0.9);
    BOOST_CHECK(state(running).time_to_warm > duration::zero());
    running.flush();
  }
  engine running{config};
  running.add_cache(pages());
  BOOST_CHECK(test::eventually([&] { return state(running).steady_hit_ratio > 0.9; }));
  BOOST_TEST(!state(running).warm);
  BOOST_CHECK(state(running).time_to_warm < duration::zero());
}

BOOST_AUTO_TEST_CASE(predicts_after_a_restart_what_it_learned_before) {
  test::temporary_folder folder;
  auto config = pages();
  config.capacity_bytes = 0;
  config.capacity_entries = 10;
  config.observe = true;  // without prefetches, so that what it learns does not depend on how fast they are
  const predict_request question{.cache = "pages", .keys = {"key 7"}};
  {
    engine running{{.history_folder = folder.path() / "history"}};
    auto cache = running.add_cache(config);
    BOOST_TEST(running.predict(question).candidates.empty());
    for (int round = 0; round < 30; ++round)
      for (int number = 0; number < 40; ++number) cache.get("key " + std::to_string(number));
  }
  engine running{{.history_folder = folder.path() / "history"}};
  running.add_cache(config);
  const auto after = running.predict(question);
  BOOST_REQUIRE(!after.candidates.empty());
  const auto next = std::find_if(after.candidates.begin(), after.candidates.end(),
                                 [](const prediction& one) { return one.key == "key 8"; });
  BOOST_REQUIRE(next != after.candidates.end());
  BOOST_TEST(next->observations > 10u);
  BOOST_TEST(next->source_key == "key 7");
}

BOOST_AUTO_TEST_CASE(a_history_that_cannot_be_read_is_set_aside_and_the_engine_starts) {
  test::temporary_folder folder;
  const auto history = folder.path() / "history";
  {
    engine running{{.history_folder = history}};
    running.add_cache(pages()).get("a");
  }
  for (const auto& file : std::filesystem::directory_iterator{history})
    if (file.path().filename().string().starts_with("MANIFEST")) std::ofstream{file.path()} << "garbage";
  engine running{{.history_folder = history}};
  auto cache = running.add_cache(pages());
  BOOST_CHECK(cache.get("a"));
  const auto status = running.status().history;
  BOOST_CHECK(status.state == history_state::set_aside);
  BOOST_TEST(status.detail.find("unreadable") != std::string::npos);
  std::size_t set_aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder.path()})
    set_aside += entry.path().string().find("unreadable") != std::string::npos ? 1 : 0;
  BOOST_TEST(set_aside == 1u);
}

BOOST_AUTO_TEST_CASE(an_unwritable_history_folder_is_told_and_the_engine_starts_without) {
  test::temporary_folder folder;
  std::ofstream{folder.path() / "file"} << "not a folder";
  engine running{{.history_folder = folder.path() / "file" / "history"}};
  auto cache = running.add_cache(pages());
  BOOST_CHECK(cache.get("a"));
  running.flush();
  const auto status = running.status().history;
  BOOST_CHECK(status.state == history_state::in_memory);
  BOOST_TEST(!status.detail.empty());
}

BOOST_AUTO_TEST_CASE(a_history_in_use_by_another_engine_is_refused_and_left_alone) {
  test::temporary_folder folder;
  engine first{{.history_folder = folder.path() / "history"}};
  BOOST_CHECK_EXCEPTION(engine{{.history_folder = folder.path() / "history"}}, error,
                        [](const error& failure) { return failure.code() == errc::busy; });
  BOOST_CHECK(first.add_cache(pages()).get("a"));
  BOOST_TEST(first.flush());
}

BOOST_AUTO_TEST_SUITE_END()
