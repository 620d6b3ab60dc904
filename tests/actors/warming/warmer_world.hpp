// A warmer among peers that do what the test says.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <utility>
#include "actors/warming/warmer_actor.hpp"
#include "storage/caches/memory/memory_cache.hpp"
#include "tests/actors/warming/stub_actors.hpp"
#include "tests/fixtures/actor_fixture.hpp"

namespace stoker::test {

using namespace std::chrono_literals;

inline ranked_key ranked(const std::string& key, double rate_per_hour = 5) {
  ranked_key result;
  result.key = key;
  result.score = result.rate_per_hour = rate_per_hour;
  result.bytes = 100;
  result.cost_us = 1000;
  return result;
}

inline std::shared_ptr<memory_cache> cache_of(std::size_t bytes) {
  memory_cache_config config;
  config.capacity_bytes = bytes;
  return std::make_shared<memory_cache>(config);
}

struct warmer_world : actor_fixture {
  warmer_world() {
    for (std::size_t shard = 0; shard < 2; ++shard) {
      trackers.push_back(std::make_shared<tracker_script>());
      peers->tracker(shard, track(sys.spawn(stub_tracker, trackers.back())));
    }
    peers->arbiter(track(sys.spawn(stub_arbiter, arbiter)));
    peers->origin("db", track(sys.spawn(stub_origin, origin)));
    peers->predictor("pages", track(sys.spawn(stub_predictor, told)));
    trackers[0]->keys = {ranked("a"), ranked("b")};
    trackers[1]->keys = {ranked("c")};
  }
  ~warmer_world() { peers->clear(); }

  warmer_config config() {
    warmer_config config;
    config.cache = "pages";
    config.origin = "db";
    config.peers = peers;
    config.now = clock();
    config.strategies = strategies;
    config.entries = entries;
    config.run.retry.first_delay = 100ms;
    config.random = [] { return 0.5; };
    config.run_host = [](std::function<void()> task) {
      task();
      return true;
    };
    return config;
  }

  warmer_actor start(const warmer_config& settings) { return track(sys.spawn(warmer, settings)); }
  warmer_actor start() { return start(config()); }

  std::shared_ptr<pending_answer<warm_report>> run_later(const warmer_actor& tested,
                                                         warm_request request = {}) {
    request.cache = "pages";
    auto pending = ask_later<warm_report>(sys, tested, request);
    run();
    return pending;
  }
  // Lets time pass until the run is over.
  warm_report wait_for(const std::shared_ptr<pending_answer<warm_report>>& pending, duration most = 1h,
                       duration step = 50ms) {
    for (duration waited{}; waited < most && !pending->settled(); waited += step) advance(step);
    BOOST_REQUIRE_MESSAGE(pending->answer, "no report: " + pending->failure);
    BOOST_CHECK(pending->answer->reconciles());
    return *pending->answer;
  }
  warm_report warm(const warmer_actor& tested, warm_request request = {}) {
    return wait_for(run_later(tested, std::move(request)));
  }
  warmer_status status(const warmer_actor& tested) { return ask<warmer_status>(tested, status_request{}); }

  void press(const warmer_actor& tested, double used_share, pressure_level level = pressure_level::high) {
    pressure_event event;
    event.report.level = level;
    event.report.used_share = used_share;
    self->send(tested, event);
    run();
  }

  void many_keys(int count) {
    trackers[0]->keys.clear();
    for (int i = 0; i < count; ++i) trackers[0]->keys.push_back(ranked("k" + std::to_string(i)));
  }

  std::shared_ptr<directory> peers = std::make_shared<directory>(2);
  std::vector<std::shared_ptr<tracker_script>> trackers;
  std::shared_ptr<arbiter_script> arbiter = std::make_shared<arbiter_script>();
  std::shared_ptr<load_script> origin = std::make_shared<load_script>();
  std::shared_ptr<outcome_list> told = std::make_shared<outcome_list>();
  std::shared_ptr<strategy_registry> strategies = std::make_shared<strategy_registry>();
  std::shared_ptr<memory_cache> entries = cache_of(8 << 20);
};

}  // namespace stoker::test
