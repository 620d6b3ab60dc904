#include "actors/engine/supervisor.hpp"

#include "tests/fixtures/actor_fixture.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(supervision)

namespace {

// A child that dies when it is told to, and one place of a directory.
struct place {
  caf::actor occupant;
  int launches = 0;
  bool refuse = false;
};

caf::behavior mortal(caf::event_based_actor* self, const std::string& deadly) {
  return {[self, deadly](const std::string& reason) -> caf::result<void> {
    if (reason == deadly) throw std::runtime_error{"out of luck"};
    self->quit();
    return caf::unit;
  }};
}

struct parent_state {
  parent_state() {}
  supervisor children;
};

caf::behavior parent(caf::stateful_actor<parent_state>* self, std::shared_ptr<place> where,
                     clock_function now, std::shared_ptr<std::vector<actor_status>> seen) {
  auto& children = self->state.children;
  children.attach(self, now);
  self->set_down_handler([self](const caf::down_msg& message) { self->state.children.died(message); });
  self->set_exit_handler([self](const caf::exit_msg&) {
    self->state.children.stop_all();
    self->quit();
  });
  children.start({"mortal",
                  [self, where] {
                    ++where->launches;
                    if (where->refuse) throw std::runtime_error{"no memory"};
                    where->occupant = self->system().spawn(mortal, "throw");
                    return where->occupant;
                  },
                  [where] { where->occupant = nullptr; }});
  return {[self, seen](tick) {
    self->state.children.restart_due();
    *seen = self->state.children.status();
  }};
}

struct family : test::actor_fixture {
  family() {
    elder = track(sys.spawn(parent, where, clock(), seen));
    run();
  }

  void kill(const std::string& how = "throw") {
    caf::anon_send(where->occupant, how);
    run();
  }
  actor_status status() {
    caf::anon_send(elder, tick{});
    run();
    return seen->at(0);
  }

  std::shared_ptr<place> where = std::make_shared<place>();
  std::shared_ptr<std::vector<actor_status>> seen = std::make_shared<std::vector<actor_status>>();
  caf::actor elder;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_child_that_dies_is_started_again_after_its_back_off, family) {
  kill();
  BOOST_CHECK(!where->occupant);  // nobody finds a dead actor in the directory
  auto down = status();
  BOOST_CHECK(down.condition == actor_condition::restarting);
  BOOST_TEST(down.restarts == 1u);
  BOOST_TEST(!down.last_failure.empty());
  BOOST_CHECK(down.next_restart == now() + 100ms);
  advance(100ms);
  BOOST_CHECK(status().condition == actor_condition::running);
  BOOST_CHECK(where->occupant);
}

BOOST_FIXTURE_TEST_CASE(a_child_that_keeps_dying_is_started_ever_later, family) {
  kill();
  advance(100ms);
  status();
  kill();
  advance(100ms);
  BOOST_CHECK(status().condition == actor_condition::restarting);
  advance(100ms);
  BOOST_CHECK(status().condition == actor_condition::running);
  BOOST_TEST(where->launches == 3);
}

BOOST_FIXTURE_TEST_CASE(a_child_that_quits_by_itself_comes_back_too, family) {
  kill("quit");
  advance(100ms);
  BOOST_CHECK(status().condition == actor_condition::running);
}

BOOST_FIXTURE_TEST_CASE(a_child_that_cannot_be_started_is_tried_again, family) {
  where->refuse = true;
  kill();
  advance(100ms);
  const auto refused = status();
  BOOST_CHECK(refused.condition == actor_condition::restarting);
  BOOST_TEST(refused.last_failure == "no memory");
  where->refuse = false;
  advance(200ms);
  BOOST_CHECK(status().condition == actor_condition::running);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_started_again_once_it_stops, family) {
  caf::anon_send_exit(elder, caf::exit_reason::user_shutdown);
  run();
  advance(1h);
  BOOST_TEST(where->launches == 1);
  BOOST_CHECK(!where->occupant);
}

BOOST_AUTO_TEST_SUITE_END()
