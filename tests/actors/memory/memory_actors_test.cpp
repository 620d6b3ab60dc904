#include "actors/memory/arbiter_actor.hpp"
#include "actors/memory/memory_monitor_actor.hpp"
#include "tests/fixtures/actor_fixture.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(memory_actors)

namespace {

constexpr std::uint64_t mib = 1 << 20;

struct memory_world : test::actor_fixture {
  memory_world() {
    arbiter_config config{peers, clock(), {}, 0, std::chrono::minutes{5}};
    peers->arbiter(track(sys.spawn(stoker::arbiter, config)));
  }
  ~memory_world() { peers->clear(); }

  memory_monitor_actor monitor() {
    memory_monitor_config config{peers, clock(), [this] { return reading; }, std::chrono::seconds{1}};
    auto handle = track(sys.spawn(memory_monitor, config));
    run();
    return handle;
  }

  void use(std::uint64_t percent) {
    reading = {.limit_bytes = 1000 * mib,
               .used_bytes = percent * 10 * mib,
               .available_bytes = (100 - percent) * 10 * mib};
  }

  std::shared_ptr<directory> peers = std::make_shared<directory>();
  memory_reading reading;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_arbiter_hears_of_pressure_and_grants_less, memory_world) {
  use(10);
  auto handle = monitor();
  BOOST_CHECK(ask<memory_report>(handle, status_request{}).level == pressure_level::low);
  BOOST_TEST(ask<arbiter_status>(peers->arbiter(), status_request{}).budget_bytes == 540 * mib);
  use(95);
  advance(std::chrono::seconds{1});
  BOOST_CHECK(ask<memory_report>(handle, status_request{}).level == pressure_level::critical);
  const auto refused = ask<lease>(peers->arbiter(), lease_request{"pages", mib, memory_policy::balanced, 0});
  BOOST_TEST(refused.bytes == 0u);
  BOOST_TEST(refused.reason.find("critical") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_arbiter_hears_of_less_memory_within_a_level, memory_world) {
  use(10);
  monitor();
  use(40);
  advance(std::chrono::seconds{1});
  BOOST_TEST(ask<arbiter_status>(peers->arbiter(), status_request{}).budget_bytes == 360 * mib);
}

BOOST_FIXTURE_TEST_CASE(a_returned_lease_can_be_granted_again, memory_world) {
  use(0);
  monitor();
  const auto held = ask<lease>(peers->arbiter(), lease_request{"a", 600 * mib, memory_policy::balanced, 0});
  BOOST_TEST(held.bytes == 600 * mib);
  BOOST_TEST(ask<lease>(peers->arbiter(), lease_request{"b", mib, memory_policy::balanced, 0}).bytes == 0u);
  caf::anon_send(peers->arbiter(), lease_return{held.id, 5});
  run();
  BOOST_TEST(ask<lease>(peers->arbiter(), lease_request{"b", mib, memory_policy::balanced, 0}).bytes == mib);
}

BOOST_FIXTURE_TEST_CASE(a_lost_lease_comes_back_after_its_lifetime, memory_world) {
  use(0);
  monitor();
  ask<lease>(peers->arbiter(), lease_request{"a", 600 * mib, memory_policy::balanced, 0});
  for (int i = 0; i < 31; ++i) advance(std::chrono::seconds{10});
  BOOST_TEST(ask<arbiter_status>(peers->arbiter(), status_request{}).leased_bytes == 0u);
}

BOOST_FIXTURE_TEST_CASE(events_are_recorded_told_and_bounded, memory_world) {
  use(10);
  std::vector<memory_event> told;
  memory_monitor_config config{peers, clock(), [this] { return reading; }, std::chrono::seconds{1}};
  config.notify = [&told](const memory_event& event) { told.push_back(event); };
  auto handle = track(sys.spawn(memory_monitor, config));
  run();
  use(85);
  advance(std::chrono::seconds{1});
  BOOST_REQUIRE_EQUAL(told.size(), 1u);
  BOOST_CHECK(told[0].kind == memory_event_kind::level_changed);
  BOOST_CHECK(told[0].level == pressure_level::high);
  BOOST_TEST(told[0].detail == "low -> high, 85 % in use");
  BOOST_CHECK(told[0].at == now());
  for (std::size_t i = 0; i < 2 * max_memory_events; ++i) {
    memory_event trimmed;
    trimmed.kind = memory_event_kind::trimmed;
    trimmed.bytes = i;
    caf::anon_send(handle, trimmed);
  }
  run();
  const auto known = ask<memory_events>(handle, memory_events_request{});
  BOOST_TEST(known.latest.size() == max_memory_events);
  BOOST_TEST(known.latest.back().bytes == 2 * max_memory_events - 1);
  BOOST_TEST(known.recorded == 2 * max_memory_events + 1);
  BOOST_TEST(told.size() == 2 * max_memory_events + 1);
}

BOOST_AUTO_TEST_CASE(bad_configurations_are_refused) {
  BOOST_CHECK_THROW(validate(memory_monitor_config{}), error);
  BOOST_CHECK_THROW(validate(arbiter_config{}), error);
  arbiter_config no_lifetime{nullptr, [] { return time_point{}; }, {}, 0, duration::zero()};
  BOOST_CHECK_THROW(validate(no_lifetime), error);
}

BOOST_AUTO_TEST_SUITE_END()
