// Urgent runs beside a cache's run: how many there may be, and that each is answered whatever happens.
#include <caf/all.hpp>
#include <memory>
#include <stoker/actors.hpp>
#include <vector>

#include "tests/fixtures/gate.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;
using namespace std::chrono_literals;

namespace urgent_runs_suite {

struct host_config : caf::actor_system_config {
  host_config() { register_types(*this); }
};

struct host_with_engine {
  host_with_engine() {
    cache_config pages;
    pages.name = "pages";
    pages.capacity_bytes = 1 << 20;
    pages.load = [this](std::string_view key) {
      held.enter();
      return loaded(key);
    };
    running->add_cache(pages);
  }
  ~host_with_engine() { held.open(); }

  static warm_request urgent(int number) {
    warm_request request;
    request.cache = "pages";
    request.strategies = {"priority"};
    request.parameters = {{"keys", "k" + std::to_string(number)}};
    request.beside = true;
    return request;
  }

  stoker::test::gate held;
  host_config config;
  caf::actor_system system{config};
  std::unique_ptr<engine> running = std::make_unique<engine>(system, engine_config{});
};

}  // namespace urgent_runs_suite

BOOST_FIXTURE_TEST_SUITE(urgent_runs_suite, host_with_engine)

BOOST_AUTO_TEST_CASE(sixteen_run_at_once_and_one_more_is_busy) {
  caf::scoped_actor self{system};
  const auto ask = [&](int number) { return self->request(actor_of(*running), 60s, urgent(number)); };
  std::vector<decltype(ask(0))> first;
  for (int i = 0; i < 16; ++i) first.push_back(ask(i));
  ask(16).receive([](const warm_report&) { BOOST_ERROR("there was no room for this one"); },
                  [](const caf::error& why) { BOOST_CHECK(code_of(why) == errc::busy); });
  held.open();
  for (auto& each : first)
    each.receive([](const warm_report& report) { BOOST_TEST(report.warmed == 1u); },
                 [](const caf::error& why) { BOOST_ERROR(describe(why)); });
  ask(17).receive([](const warm_report& report) { BOOST_TEST(report.warmed == 1u); },
                  [](const caf::error& why) { BOOST_ERROR(describe(why)); });
}

BOOST_AUTO_TEST_CASE(an_engine_that_stops_answers_them_and_leaves_no_actor) {
  caf::scoped_actor self{system};
  auto asked = self->request(actor_of(*running), 60s, urgent(1));
  held.wait_until_entered();
  const auto actors_of_the_test = 1u;
  held.open();
  running.reset();
  asked.receive([](const warm_report&) {},  // it may just have been done
                [](const caf::error& why) { BOOST_CHECK(code_of(why) == errc::stopped); });
  BOOST_TEST(system.registry().running() <= actors_of_the_test);
}

BOOST_AUTO_TEST_CASE(an_urgent_run_of_an_unknown_cache_or_strategy_is_an_error) {
  caf::scoped_actor self{system};
  auto request = urgent(1);
  request.cache = "none";
  self->request(actor_of(*running), 60s, request)
      .receive([](const warm_report&) { BOOST_ERROR("there is no such cache"); },
               [](const caf::error& why) { BOOST_CHECK(code_of(why) == errc::no_such_cache); });
  request = urgent(1);
  request.strategies = {"psychic"};
  self->request(actor_of(*running), 60s, request)
      .receive([](const warm_report&) { BOOST_ERROR("there is no such strategy"); },
               [](const caf::error& why) { BOOST_CHECK(code_of(why) == errc::no_such_strategy); });
}

BOOST_AUTO_TEST_SUITE_END()
