#include "storage/origins/remembered_absence.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "storage/origins/function_origin.hpp"
#include "tests/fixtures/gate.hpp"

namespace remembered_absence_suite {

using namespace stoker;
using std::chrono::seconds;

struct world {
  load_result ask(std::string_view key) { return memory.load(key, {}); }
  load_outcome outcome(std::string_view key) { return ask(key).outcome; }

  time_point now{seconds{1000}};
  int loads = 0;
  std::set<std::string, std::less<>> there;
  load_outcome otherwise = load_outcome::absent;
  std::function<void()> during = [] {};
  remembered_absence memory{std::make_shared<function_origin>([this](std::string_view key) {
                              ++loads;
                              const bool found = there.contains(key);
                              during();
                              if (found) return loaded("v");
                              load_result result;
                              result.outcome = otherwise;
                              return result;
                            }),
                            {seconds{1}, 32, 100},
                            [this] { return now; }};
};

}  // namespace remembered_absence_suite

BOOST_FIXTURE_TEST_SUITE(remembered_absence_suite, world)

BOOST_AUTO_TEST_CASE(an_absent_key_costs_one_load_in_its_time) {
  for (int i = 0; i < 5; ++i) BOOST_TEST((outcome("none") == load_outcome::absent));
  BOOST_TEST(loads == 1);
  BOOST_TEST(memory.stats().answered == 4u);
  now += seconds{1};
  BOOST_TEST((outcome("none") == load_outcome::absent));
  BOOST_TEST(loads == 2);
}

BOOST_AUTO_TEST_CASE(what_is_there_is_loaded_each_time) {
  there.insert("k");
  for (int i = 0; i < 3; ++i) BOOST_TEST((outcome("k") == load_outcome::loaded));
  BOOST_TEST(loads == 3);
  BOOST_TEST(memory.stats().keys == 0u);
}

BOOST_AUTO_TEST_CASE(a_failure_is_no_absence) {
  otherwise = load_outcome::failed;
  for (int i = 0; i < 3; ++i) BOOST_TEST((outcome("k") == load_outcome::failed));
  BOOST_TEST(loads == 3);
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_asked_for_again) {
  outcome("new");
  outcome("other");
  there.insert("new");
  memory.forget("new");
  BOOST_TEST((outcome("new") == load_outcome::loaded));
  memory.forget_all();
  outcome("other");
  BOOST_TEST(loads == 4);
}

BOOST_AUTO_TEST_CASE(an_absence_that_was_overtaken_is_not_remembered) {
  during = [this] { memory.forget("k"); };  // it was set while the origin was being asked
  outcome("k");
  during = [] {};
  there.insert("k");
  BOOST_TEST((outcome("k") == load_outcome::loaded));
}

BOOST_AUTO_TEST_CASE(memory_is_bounded) {
  for (int i = 0; i < 1000; ++i) outcome("key " + std::to_string(i));
  BOOST_TEST(memory.stats().keys <= 32u);
  BOOST_TEST(memory.stats().noted == 1000u);
  const std::string long_key(101, 'k');
  const auto before = loads;
  outcome(long_key);
  outcome(long_key);
  BOOST_TEST(loads == before + 2);
}

BOOST_AUTO_TEST_SUITE_END()
