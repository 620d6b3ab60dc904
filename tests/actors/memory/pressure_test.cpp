#include <boost/test/unit_test.hpp>
#include <set>

#include "actors/memory/pressure.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(pressure)

namespace {

memory_reading used(std::uint64_t percent, double stalls = 0) {
  return {.limit_bytes = 1000, .used_bytes = percent * 10, .stall_share = stalls};
}

}  // namespace

BOOST_AUTO_TEST_CASE(levels_begin_at_their_borders) {
  BOOST_CHECK(pressure_gauge{}.update(used(49)) == pressure_level::low);
  BOOST_CHECK(pressure_gauge{}.update(used(50)) == pressure_level::moderate);
  BOOST_CHECK(pressure_gauge{}.update(used(79)) == pressure_level::moderate);
  BOOST_CHECK(pressure_gauge{}.update(used(80)) == pressure_level::high);
  BOOST_CHECK(pressure_gauge{}.update(used(90)) == pressure_level::critical);
}

BOOST_AUTO_TEST_CASE(a_level_ends_five_points_below_its_border) {
  pressure_gauge gauge;
  gauge.update(used(81));
  BOOST_CHECK(gauge.update(used(76)) == pressure_level::high);
  BOOST_CHECK(gauge.update(used(74)) == pressure_level::moderate);
  BOOST_CHECK(gauge.update(used(79)) == pressure_level::moderate);
  BOOST_CHECK(gauge.update(used(46)) == pressure_level::moderate);
  BOOST_CHECK(gauge.update(used(44)) == pressure_level::low);
}

BOOST_AUTO_TEST_CASE(use_may_fall_through_several_levels_at_once) {
  pressure_gauge gauge;
  gauge.update(used(95));
  BOOST_CHECK(gauge.update(used(10)) == pressure_level::low);
}

BOOST_AUTO_TEST_CASE(sustained_stalls_raise_the_level_by_one) {
  pressure_gauge gauge;
  BOOST_CHECK(gauge.update(used(60, 0.2)) == pressure_level::moderate);
  BOOST_CHECK(gauge.update(used(60, 0.2)) == pressure_level::moderate);
  BOOST_CHECK(gauge.update(used(60, 0.2)) == pressure_level::high);
  BOOST_CHECK(gauge.update(used(60, 0.0)) == pressure_level::moderate);  // over at once, and counted anew
  BOOST_CHECK(gauge.update(used(60, 0.2)) == pressure_level::moderate);
}

BOOST_AUTO_TEST_CASE(stalls_never_raise_beyond_critical) {
  pressure_gauge gauge;
  for (int i = 0; i < 5; ++i) gauge.update(used(95, 0.5));
  BOOST_CHECK(gauge.level() == pressure_level::critical);
}

BOOST_AUTO_TEST_CASE(an_unknown_limit_is_no_pressure) {
  BOOST_CHECK(pressure_gauge{}.update({.limit_bytes = 0, .used_bytes = 5}) == pressure_level::low);
}

BOOST_AUTO_TEST_CASE(every_level_has_a_name) {
  std::set<std::string> names;
  for (auto level :
       {pressure_level::low, pressure_level::moderate, pressure_level::high, pressure_level::critical})
    names.insert(to_string(level));
  BOOST_TEST(names.size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
