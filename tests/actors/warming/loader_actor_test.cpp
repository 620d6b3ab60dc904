#include "actors/warming/loader_actor.hpp"

#include <boost/test/unit_test.hpp>

#include "storage/caches/memory/memory_cache.hpp"
#include "storage/caches/read_through.hpp"
#include "storage/origins/function_origin.hpp"
#include "tests/fixtures/actor_fixture.hpp"

namespace loader_actor_suite {

using namespace stoker;
using namespace std::chrono_literals;

struct loader_world : test::actor_fixture {
  loader_world() {
    memory_cache_config bounds;
    bounds.capacity_bytes = 1 << 20;
    read_through_config config;
    config.name = "pages";
    config.entries = std::make_shared<memory_cache>(bounds);
    config.source = std::make_shared<function_origin>([](std::string_view key) {
      if (key == "bad") throw std::runtime_error{"no such table"};
      return "value of " + std::string{key};
    });
    pages = std::make_shared<read_through>(std::move(config));
    loader_config settings;
    settings.now = clock();
    settings.find_cache = [this](const std::string& cache) { return cache == "pages" ? pages : nullptr; };
    tested = track(sys.spawn(pool_loader, settings));
  }

  std::vector<load_receipt> load(const std::string& cache, std::vector<load_item> items) {
    return ask<load_receipts>(tested, load_request{cache, std::move(items), 60s}).receipts;
  }

  std::shared_ptr<read_through> pages;
  loader_actor tested;
};

}  // namespace loader_actor_suite

BOOST_FIXTURE_TEST_SUITE(loader_actor_suite, loader_world)

BOOST_AUTO_TEST_CASE(loads_each_item_into_the_cache) {
  const auto receipts = load("pages", {{"a", {}, {}}, {"bad", {}, {}}, {"a", {}, {}}});
  BOOST_REQUIRE_EQUAL(receipts.size(), 3u);
  BOOST_CHECK(receipts[0].status == load_status::stored);
  BOOST_CHECK(receipts[1].status == load_status::failed);
  BOOST_CHECK_EQUAL(receipts[1].error, "the loader threw: no such table");
  BOOST_CHECK(receipts[2].status == load_status::present);
  BOOST_CHECK(pages->entries().get("a", now()).outcome == lookup::first_use);
}

BOOST_AUTO_TEST_CASE(refuses_items_of_a_cache_that_is_not_there) {
  const auto receipts = load("users", {{"a", {}, {}}});
  BOOST_REQUIRE_EQUAL(receipts.size(), 1u);
  BOOST_CHECK(receipts[0].status == load_status::refused);
  BOOST_CHECK_EQUAL(receipts[0].error, "there is no cache users");
}

BOOST_AUTO_TEST_CASE(answers_a_probe_without_items) {
  BOOST_CHECK(load("pages", {}).empty());
}

BOOST_AUTO_TEST_CASE(needs_a_lookup_and_a_clock) {
  BOOST_CHECK_THROW(validate(loader_config{}), error);
}

BOOST_AUTO_TEST_SUITE_END()
