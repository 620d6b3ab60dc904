// An engine that joins a host's actor system, driven by typed messages, and what happens when one of its
// actors dies.
#include <caf/all.hpp>
#include <stoker/actors.hpp>

#include "actors/engine/engine_core.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(host_system)

namespace {

struct host_config : caf::actor_system_config {
  host_config() { register_types(*this); }
};

cache_config pages() {
  cache_config config;
  config.name = "pages";
  config.capacity_bytes = 1 << 20;
  config.load = [](std::string_view key) -> load_result {
    return {.outcome = load_outcome::loaded, .bytes = value{key}};
  };
  return config;
}

template <class Answer, class... Ts>
Answer ask(caf::actor_system& system, const engine_actor& whom, const Ts&... question) {
  caf::scoped_actor self{system};
  Answer result;
  self->request(whom, 20s, question...)
      .receive([&](Answer& answer) { result = std::move(answer); },
               [](const caf::error& failure) { BOOST_FAIL(describe(failure)); });
  return result;
}

const actor_status& actor_named(const engine_status& status, const std::string& name) {
  for (const auto& actor : status.actors)
    if (actor.name == name) return actor;
  throw std::runtime_error{"no actor " + name};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_host_sends_typed_messages_to_the_engines_actor) {
  host_config config;
  caf::actor_system system{config};
  {
    engine running{system, {}};
    auto cache = running.add_cache(pages());
    cache.get("a");
    BOOST_TEST(ask<flushed>(system, actor_of(running), flush_request{}).complete);
    cache.clear();
    BOOST_TEST(ask<warm_report>(system, actor_of(running), warm_request{.cache = "pages"}).warmed == 1u);
    BOOST_TEST(ask<engine_status>(system, actor_of(running), status_request{}).tracker.keys == 1u);
    BOOST_TEST(ask<key_statistics>(system, actor_of(running), key_request{"pages", "a"}).count == 1u);
    BOOST_TEST(!ask<scheduler_status>(system, actor_of(running), run_schedule_now{}).running);
  }
  BOOST_TEST(system.registry().running() == 0u);  // the engine left nothing behind in the host's system
}

// Kills each kind of actor; the engine restarts it, tells so, and what was learned comes back from history.
BOOST_AUTO_TEST_CASE(actors_that_die_are_restarted_from_what_history_holds) {
  test::temporary_folder folder;
  auto core = std::make_shared<engine_core>(
      engine_config{.history_folder = folder.path() / "history", .tracker_shards = 1, .loaders = 1}, nullptr);
  cache_handle cache{core->add_cache(pages())};
  for (int number = 0; number < 20; ++number) cache.get("key " + std::to_string(number));
  BOOST_TEST_REQUIRE(core->ask<flushed>(20s, flush_request{}).complete);
  const auto& peers = *core->parts().peers;
  std::vector<std::pair<std::string, caf::actor>> victims{
      {"tracker 0", caf::actor_cast<caf::actor>(peers.tracker(0))},
      {"historian", caf::actor_cast<caf::actor>(peers.historian())},
      {"scheduler", caf::actor_cast<caf::actor>(peers.scheduler())},
      {"arbiter", caf::actor_cast<caf::actor>(peers.arbiter())},
      {"memory monitor", caf::actor_cast<caf::actor>(peers.memory_monitor())},
      {"collector pages", caf::actor_cast<caf::actor>(peers.collector("pages"))},
      {"predictor pages", caf::actor_cast<caf::actor>(peers.predictor("pages"))},
      {"warmer pages", caf::actor_cast<caf::actor>(peers.warmer("pages"))},
      {"origin pages", caf::actor_cast<caf::actor>(peers.origin("pages"))},
      {"loader 0", caf::actor_cast<caf::actor>(core->parts().loaders->get(0))}};
  for (const auto& [name, victim] : victims) caf::anon_send_exit(victim, caf::exit_reason::kill);
  const auto recovered = [&] {
    const auto status = core->ask<engine_status>(20s, status_request{});
    bool all = status.missing.empty() && !status.tracker.restoring && status.tracker.keys == 20;
    for (const auto& [name, victim] : victims) {
      const auto& actor = actor_named(status, name);
      all = all && actor.condition == actor_condition::running && actor.restarts == 1 &&
            !actor.last_failure.empty();
    }
    return all;
  };
  BOOST_REQUIRE(test::eventually(recovered));
  victims.clear();  // whoever holds a dead actor holds its thread

  BOOST_TEST(cache.frequency("key 7") == 1u);
  cache.get("key 7");
  BOOST_TEST(core->ask<flushed>(20s, flush_request{}).complete);
  BOOST_TEST(cache.frequency("key 7") == 2u);
  cache.clear();
  BOOST_TEST(core->ask<warm_report>(60s, warm_request{.cache = "pages", .now = core->now()}).warmed == 20u);
  core->shut_down();
}

BOOST_AUTO_TEST_SUITE_END()
