#include "storage/origins/ruled_origin.hpp"

#include <boost/test/unit_test.hpp>

#include "storage/origins/function_origin.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(ruled_origin_suite)

namespace {

std::shared_ptr<origin> saying(const std::string& text, std::chrono::nanoseconds ttl = {}) {
  return std::make_shared<function_origin>([text, ttl](std::string_view) -> load_result {
    auto result = loaded(text);
    result.ttl = ttl;
    return result;
  });
}

load_result load(origin& from, std::string_view key) {
  return from.load(key, std::chrono::steady_clock::time_point::max());
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_rule_that_matches_says_where_a_key_is_loaded) {
  ruled_origin ruled{saying("others"), {{"user:*", saying("users")}, {"user:1", saying("never")}}};
  BOOST_TEST((load(ruled, "user:1").bytes.view() == "users"));
  BOOST_TEST((load(ruled, "page").bytes.view() == "others"));
}

BOOST_AUTO_TEST_CASE(a_rule_sets_the_ttl_of_what_comes_without_one) {
  ruled_origin ruled{saying("others"), {{"a*", nullptr, 5min}, {"b*", saying("short", 1s), 5min}}};
  BOOST_TEST((load(ruled, "a").bytes.view() == "others"));
  BOOST_TEST((load(ruled, "a").ttl == 5min));
  BOOST_TEST((load(ruled, "b").ttl == 1s));
  BOOST_TEST((load(ruled, "c").ttl == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
