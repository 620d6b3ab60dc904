// An engine that keeps a cache outside of its process warm: a real Redis, and files.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "stoker/caches.hpp"
#include "stoker/engine.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/caches/redis_server.hpp"

BOOST_AUTO_TEST_SUITE(outside_cache_test)

namespace {

using namespace stoker;

struct pages {
  explicit pages(const test::redis_server& at) : server(std::make_shared<redis_cache>(at.config())) {}

  cache_config config() {
    cache_config made;
    made.name = "pages";
    made.load = [this](std::string_view key) {
      ++loads;
      return loaded("page " + std::string{key});
    };
    made.back_end = server;
    made.direct_deletes = false;
    made.hold_out = 0;
    made.predictor = predictor_kind::none;  // every load is asked for here
    return made;
  }

  std::shared_ptr<redis_cache> server;
  std::atomic<int> loads{0};
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_redis_that_was_emptied_is_warmed_from_what_users_asked_for) {
  if (!test::is_installed("redis-server")) return;
  const test::redis_server server;
  const test::temporary_folder folder;
  pages world{server};
  {
    engine first{{.history_folder = folder / "history"}};
    auto cache = first.add_cache(world.config());
    for (int round = 0; round < 3; ++round)
      for (int i = 0; i < 100; ++i)
        BOOST_TEST(cache.get("/" + std::to_string(i)).bytes.view() == "page /" + std::to_string(i));
    BOOST_TEST(world.loads == 100);
    BOOST_TEST(cache.stats().hits == 200u);
    BOOST_TEST(cache.stats().misses == 100u);
    BOOST_TEST(first.flush());
  }
  redis_cache others{server.config()};
  others.clear(std::chrono::steady_clock::now() + std::chrono::seconds{10});
  engine second{{.history_folder = folder / "history"}};
  auto cache = second.add_cache(world.config());
  const auto report = second.warm({.cache = "pages", .limit = 100});
  BOOST_TEST(report.warmed == 100u);
  BOOST_TEST(world.loads == 200);
  for (int i = 0; i < 100; ++i) BOOST_TEST((cache.get("/" + std::to_string(i)).outcome == get_outcome::hit));
  BOOST_TEST(world.loads == 200);
  BOOST_TEST(cache.stats().prefetches == 100u);
  const auto again = second.warm({.cache = "pages", .limit = 100});
  BOOST_TEST(again.warmed == 0u);
  BOOST_TEST(world.loads == 200);
}

BOOST_AUTO_TEST_CASE(live_changes_reach_a_cache_outside) {
  if (!test::is_installed("redis-server")) return;
  const test::redis_server server;
  pages world{server};
  engine running;
  auto cache = running.add_cache(world.config());
  cache.put("k", "live");
  BOOST_TEST(cache.get("k").bytes.view() == "live");
  BOOST_TEST(cache.invalidate("k"));
  BOOST_TEST(!cache.invalidate("k"));
  BOOST_TEST(cache.get("k").bytes.view() == "page k");
  cache.clear();
  BOOST_TEST((cache.get("k").outcome == get_outcome::miss));
  BOOST_CHECK_THROW(cache.invalidate_tags({"red"}), error);
  BOOST_TEST((running.warm_key("pages", "other", [](std::string_view) { return loaded("v"); }).status ==
              load_status::stored));
  BOOST_TEST(cache.get("other").bytes.view() == "v");
}

BOOST_AUTO_TEST_CASE(a_change_that_the_server_did_not_confirm_is_thrown) {
  if (!test::is_installed("redis-server")) return;
  test::redis_server server;
  pages world{server};
  engine running;
  auto cache = running.add_cache(world.config());
  server.process().stop();
  BOOST_CHECK_THROW(cache.put("k", "live"), error);
  BOOST_CHECK_THROW(cache.invalidate("k"), error);
  BOOST_TEST(cache.get("k").bytes.view() == "page k");
  const auto report = running.warm({.cache = "pages", .strategies = {"popular"}, .limit = 10});
  BOOST_TEST(report.warmed == 0u);
}

BOOST_AUTO_TEST_CASE(files_that_were_used_are_warmed) {
  const test::temporary_folder folder;
  std::ofstream{folder / "a"} << "content";
  engine running;
  page_cache_config files;
  files.root = folder.path();
  cache_config config;
  config.name = "files";
  config.back_end = std::make_shared<page_cache>(files);
  config.hold_out = 0;
  auto cache = running.add_cache(config);
  cache.record("a", access_outcome::miss);
  BOOST_TEST(running.flush());
  const auto report = running.warm({.cache = "files", .limit = 10});
  BOOST_TEST(report.selected == 1u);
  BOOST_TEST(report.warmed + report.already_fresh == 1u);
}

BOOST_AUTO_TEST_CASE(an_origin_beside_a_back_end_that_loads_by_itself_is_refused) {
  engine running;
  cache_config config;
  config.name = "files";
  config.back_end = std::make_shared<page_cache>(page_cache_config{});
  config.load = [](std::string_view) { return loaded("v"); };
  BOOST_CHECK_THROW(running.add_cache(config), error);
}

BOOST_AUTO_TEST_SUITE_END()
