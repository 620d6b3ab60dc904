// Renewing entries that are there: by a refresh, and by lot when they are read.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>

#include "storage/caches/memory/memory_cache.hpp"
#include "storage/caches/read_through.hpp"
#include "storage/origins/function_origin.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/gate.hpp"

BOOST_AUTO_TEST_SUITE(renewal_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;
using stoker::test::gate;

const time_point now{500'000h};

// Far enough that no test ever waits for it.
steady_deadline ample() {
  return std::chrono::steady_clock::now() + 1h;
}

read_through_config over(function_origin::function load) {
  memory_cache_config memory;
  memory.capacity_bytes = 1 << 20;
  memory.ttl_jitter = 0;
  read_through_config config;
  config.name = "pages";
  config.entries = std::make_shared<memory_cache>(memory);
  config.source = std::make_shared<function_origin>(std::move(load));
  return config;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_refresh_replaces_what_is_there_and_loads_nothing_that_is_not) {
  std::atomic<int> loads{0};
  read_through reader{over([&](std::string_view) { return loaded("v" + std::to_string(++loads)); })};
  const auto refresh = [&] {
    return reader.load_and_fill({"k", {}, {}, true}, now, ample(), filled_by::warmer);
  };
  BOOST_CHECK(refresh().status == load_status::fenced);
  BOOST_CHECK_EQUAL(loads, 0);
  reader.get("k", now, ample());
  BOOST_CHECK(refresh().status == load_status::stored);
  BOOST_CHECK_EQUAL(reader.get("k", now, ample()).bytes.view(), "v2");
  BOOST_CHECK_EQUAL(loads, 2);
}

BOOST_AUTO_TEST_CASE(a_live_set_wins_over_a_refresh_under_way) {
  gate held;
  std::atomic<bool> waits{false};
  read_through reader{over([&](std::string_view) {
    if (waits) held.enter();
    return loaded("loaded");
  })};
  reader.get("k", now, ample());
  waits = true;
  auto receipt = std::async(std::launch::async, [&] {
    return reader.load_and_fill({"k", {}, {}, true}, now, ample(), filled_by::warmer);
  });
  held.wait_until_entered();
  reader.put("k", value{"live"}, {}, now);
  held.open();
  BOOST_CHECK(receipt.get().status == load_status::fenced);
  BOOST_CHECK_EQUAL(reader.get("k", now, ample()).bytes.view(), "live");
}

BOOST_AUTO_TEST_CASE(a_hit_shortly_before_the_expiry_renews_the_entry_beside_the_user) {
  gate held;
  double lot = 0;
  auto config = over([&](std::string_view) {
    held.enter();
    return loaded("new");
  });
  config.ttl = 100s;
  config.early_renewal_beta = 1;
  config.random = [&] { return lot; };
  read_through reader{config};
  entry_options costly;
  costly.ttl = 10s;
  costly.cost_us = 1'000'000;
  config.entries->put("k", value{"old"}, costly, now);
  const auto read = [&](duration after) { return reader.get("k", now + after, ample()); };
  read(9500ms);
  BOOST_CHECK_EQUAL(reader.loads_in_flight(), 0u);
  lot = 0.9;  // -ln 0.1 = 2.3 loads ahead
  read(7s);
  BOOST_CHECK_EQUAL(reader.loads_in_flight(), 0u);
  const auto during = read(9500ms);
  BOOST_CHECK_EQUAL(during.bytes.view(), "old");
  BOOST_CHECK(during.outcome == access_outcome::hit);
  held.wait_until_entered();
  read(9600ms);  // one load for the key, however many readers draw the lot
  BOOST_CHECK_EQUAL(reader.demand().take().loads, 1u);
  held.open();
  BOOST_REQUIRE(test::eventually([&] { return reader.loads_in_flight() == 0; }));
  lot = 0;
  BOOST_CHECK_EQUAL(read(50s).bytes.view(), "new");
}

BOOST_AUTO_TEST_CASE(an_entry_that_expires_while_it_is_renewed_is_kept_for_who_asks_meanwhile) {
  gate held;
  auto config = over([&](std::string_view) {
    held.enter();
    return loaded("new");
  });
  config.ttl = 100s;
  config.early_renewal_beta = 1;
  config.random = [] { return 0.9; };
  read_through reader{config};
  entry_options costly;
  costly.ttl = 10s;
  costly.cost_us = 1'000'000;
  config.entries->put("k", value{"old"}, costly, now);
  reader.get("k", now + 9500ms, ample());
  held.wait_until_entered();
  auto late = std::async(std::launch::async, [&] { return reader.get("k", now + 11s, ample()); });
  // It found nothing, and follows.
  BOOST_REQUIRE(test::eventually([&] { return config.entries->stats().misses > 0; }));
  held.open();
  BOOST_CHECK_EQUAL(late.get().bytes.view(), "new");
  BOOST_REQUIRE(test::eventually([&] { return reader.loads_in_flight() == 0; }));
  BOOST_CHECK_EQUAL(reader.demand().take().loads, 1u);
  BOOST_CHECK(reader.get("k", now + 12s, ample()).outcome == access_outcome::hit);
}

BOOST_AUTO_TEST_SUITE_END()
