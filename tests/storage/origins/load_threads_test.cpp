#include "storage/origins/load_threads.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>

#include "messages/error.hpp"
#include "tests/fixtures/gate.hpp"

BOOST_AUTO_TEST_SUITE(load_threads_suite)

namespace {

using namespace stoker;
using stoker::test::gate;

load_threads_config bounds(std::size_t threads, std::size_t waiting) {
  load_threads_config config;
  config.max_threads = threads;
  config.max_waiting = waiting;
  return config;
}

BOOST_AUTO_TEST_CASE(runs_every_task_once) {
  std::atomic<int> ran{0};
  {
    load_threads threads{bounds(3, 1000)};
    std::vector<std::future<void>> all;
    for (int i = 0; i < 500; ++i) {
      auto done = std::make_shared<std::promise<void>>();
      all.push_back(done->get_future());
      BOOST_REQUIRE(threads.run([&ran, done] {
        ++ran;
        done->set_value();
      }));
    }
    for (auto& each : all) each.wait();
    BOOST_CHECK_LE(threads.threads(), 3u);
  }
  BOOST_CHECK_EQUAL(ran, 500);
}

BOOST_AUTO_TEST_CASE(a_task_that_hangs_holds_one_thread_and_no_other_task) {
  auto held = std::make_shared<gate>();
  load_threads threads{bounds(2, 10)};
  BOOST_REQUIRE(threads.run([held] { held->enter(); }));
  held->wait_until_entered();
  for (int i = 0; i < 100; ++i) {
    std::promise<void> done;
    BOOST_REQUIRE(threads.run([&done] { done.set_value(); }));
    done.get_future().wait();
  }
  BOOST_CHECK_LE(threads.threads(), 2u);
  held->open();
}

BOOST_AUTO_TEST_CASE(refuses_what_finds_neither_thread_nor_room) {
  auto held = std::make_shared<gate>();
  load_threads threads{bounds(1, 2)};
  BOOST_REQUIRE(threads.run([held] { held->enter(); }));
  held->wait_until_entered();
  BOOST_CHECK(threads.run([] {}));
  BOOST_CHECK(threads.run([] {}));
  BOOST_CHECK(!threads.run([] {}));
  held->open();
}

BOOST_AUTO_TEST_CASE(the_end_drops_what_waits_and_leaves_what_hangs) {
  auto held = std::make_shared<gate>();
  auto dropped = std::make_shared<std::promise<void>>();
  auto outcome = dropped->get_future();
  {
    auto config = bounds(1, 10);
    config.farewell = std::chrono::milliseconds{1};
    load_threads threads{config};
    BOOST_REQUIRE(threads.run([held] { held->enter(); }));
    held->wait_until_entered();
    BOOST_REQUIRE(threads.run([kept = std::move(dropped)] { kept->set_value(); }));
  }
  BOOST_CHECK_THROW(outcome.get(), std::future_error);
  held->open();
}

BOOST_AUTO_TEST_CASE(needs_a_thread) {
  BOOST_CHECK_THROW(load_threads{bounds(0, 1)}, error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
