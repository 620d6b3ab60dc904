#include "messages/profile.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(profile)

BOOST_AUTO_TEST_CASE(every_profile_that_is_shipped_is_valid) {
  BOOST_TEST(profile_names().size() == 7u);
  for (const auto& name : profile_names()) {
    const auto found = find_profile(name, 64);
    BOOST_TEST(found.name == name);
    BOOST_CHECK_NO_THROW(validate(found));
  }
}

BOOST_AUTO_TEST_CASE(profiles_are_as_documented) {
  const auto production = find_profile("production", 2);
  BOOST_TEST(production.dependency_depth == 2u);
  BOOST_TEST(production.workers == 8u);
  BOOST_TEST(production.batch_items == 75u);
  BOOST_TEST(production.pressure_threshold == 0.6);
  BOOST_TEST(find_profile("ci", 2).workers == 2u);
  BOOST_TEST(find_profile("ci", 64).workers == 8u);
  BOOST_TEST(find_profile("ci", 0).workers == 1u);
  const auto quotes = find_profile("quotes", 2);
  BOOST_TEST(quotes.origin_in_flight == 10u);
  BOOST_TEST(quotes.origin_calls_per_minute == 100u);
  BOOST_TEST(quotes.budget_bytes == 500ull << 20);
  BOOST_TEST(find_profile("memory_aware", 2).budget_bytes == 1000ull << 20);
}

BOOST_AUTO_TEST_CASE(so_are_those_that_differ_by_little) {
  const auto is = [](const char* name, std::uint32_t depth, std::uint32_t workers, std::uint32_t batch,
                     double threshold) {
    const auto found = find_profile(name, 64);
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(found.dependency_depth == depth);
      BOOST_TEST(found.workers == workers);
      BOOST_TEST(found.batch_items == batch);
      BOOST_TEST(found.pressure_threshold == threshold);
      BOOST_CHECK(found.phase_delay == std::chrono::milliseconds{100});
    }
  };
  is("default", 2, 4, 50, 0.8);
  is("development", 3, 4, 25, 0.8);
  is("staging", 2, 6, 50, 0.7);
  is("production", 2, 8, 75, 0.6);
  is("ci", 2, 8, 50, 0.6);
  is("memory_aware", 2, 3, 10, 0.8);
  BOOST_CHECK(find_profile("ci", 64).run_deadline < find_profile("default", 64).run_deadline);
}

BOOST_AUTO_TEST_CASE(an_unknown_profile_is_refused_with_a_list) {
  BOOST_CHECK_EXCEPTION(find_profile("prod", 2), error, [](const error& mistake) {
    return std::string{mistake.what()}.find("development, staging, production") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(fields_out_of_bounds_are_refused) {
  const auto bad = [](auto change) {
    warming_profile changed;
    change(changed);
    BOOST_CHECK_THROW(validate(changed), error);
  };
  bad([](auto& p) { p.batch_items = 0; });
  bad([](auto& p) { p.workers = 0; });
  bad([](auto& p) { p.workers = 17; });
  bad([](auto& p) { p.dependency_depth = 6; });
  bad([](auto& p) { p.pressure_threshold = 0; });
  bad([](auto& p) { p.pressure_threshold = 1.1; });
  bad([](auto& p) { p.phase_delay = duration{-1}; });
  bad([](auto& p) { p.run_deadline = {}; });
}

BOOST_AUTO_TEST_SUITE_END()
