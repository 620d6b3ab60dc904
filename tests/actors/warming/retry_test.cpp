#include "actors/warming/retry.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(retry)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const retry_policy policy{4, 100ms, 300ms};

BOOST_AUTO_TEST_CASE(doubles_the_delay_up_to_the_longest) {
  constexpr double whole = 0.999999999;
  const auto near = [](duration actual, duration expected) {
    return actual <= expected && actual > expected - 1us;
  };
  BOOST_CHECK(near(back_off(policy, 1, whole), 100ms));
  BOOST_CHECK(near(back_off(policy, 2, whole), 200ms));
  BOOST_CHECK(near(back_off(policy, 3, whole), 300ms));
  BOOST_CHECK(near(back_off(policy, 1000, whole), 300ms));
}

BOOST_AUTO_TEST_CASE(jitters_between_one_half_and_the_whole) {
  BOOST_CHECK(back_off(policy, 1, 0) == duration{50ms});
  BOOST_CHECK(back_off(policy, 1, 0.5) == duration{75ms});
}

BOOST_AUTO_TEST_CASE(gives_no_delay_after_the_last_attempt) {
  BOOST_CHECK(retry_delay(policy, 3, 0).has_value());
  BOOST_CHECK(!retry_delay(policy, 4, 0).has_value());
  BOOST_CHECK(!retry_delay({1, 100ms, 300ms}, 1, 0).has_value());
}

BOOST_AUTO_TEST_CASE(does_not_overflow_with_the_longest_delay_there_is) {
  const retry_policy forever{100000, 1ns, duration::max()};
  BOOST_CHECK(back_off(forever, 100, 0.5) > duration::zero());
}

BOOST_AUTO_TEST_CASE(rejects_a_policy_without_an_attempt_or_with_negative_delays) {
  BOOST_CHECK_THROW(validate(retry_policy{0, 1ms, 1ms}), error);
  BOOST_CHECK_THROW(validate(retry_policy{1, -1ms, 1ms}), error);
  BOOST_CHECK_THROW(validate(retry_policy{1, 2ms, 1ms}), error);
  BOOST_CHECK_NO_THROW(validate(retry_policy{}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
