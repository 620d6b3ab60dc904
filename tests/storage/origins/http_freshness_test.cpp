#include "storage/http/http_freshness.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(http_freshness_suite)

namespace {

using namespace stoker;
using std::chrono::seconds;

// Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example.
constexpr time_point then{seconds{784'111'777}};

http_headers headers(std::initializer_list<std::pair<const char*, const char*>> fields) {
  http_headers made;
  for (const auto& [name, text] : fields) made.add(name, text);
  return made;
}

// -1: nothing was said.
long left(std::initializer_list<std::pair<const char*, const char*>> fields) {
  const auto found = freshness_of(headers(fields), then).left();
  return found ? std::chrono::duration_cast<seconds>(*found).count() : -1;
}

long retry(std::initializer_list<std::pair<const char*, const char*>> fields) {
  const auto found = retry_after_of(headers(fields), then);
  return found ? std::chrono::duration_cast<seconds>(*found).count() : -1;
}

BOOST_AUTO_TEST_CASE(the_lifetime_is_what_shared_caches_take_less_the_age) {
  BOOST_TEST(left({}) == -1);
  BOOST_TEST(left({{"cache-control", "max-age=60"}}) == 60);
  BOOST_TEST(left({{"cache-control", "public, max-age=60"}, {"age", "45"}}) == 15);
  BOOST_TEST(left({{"cache-control", "max-age=60"}, {"age", "90"}}) == 0);
  BOOST_TEST(left({{"cache-control", "max-age=60"}, {"cache-control", "S-MaxAge=\"10\""}}) == 10);
  BOOST_TEST(left({{"cache-control", "no-cache, max-age=60"}}) == 0);
  BOOST_TEST(left({{"cache-control", "max-age=soon"}}) == 0);
  BOOST_TEST(left({{"cache-control", "max-age=99999999999999999999"}}) == 2'147'483'648);
}

BOOST_AUTO_TEST_CASE(an_expires_counts_from_the_answers_date_and_only_without_max_age) {
  BOOST_TEST(
      left({{"date", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"expires", "Sun, 06 Nov 1994 08:50:37 GMT"}}) == 60);
  BOOST_TEST(left({{"expires", "Sunday, 06-Nov-94 08:49:47 GMT"}}) == 10);
  BOOST_TEST(left({{"expires", "Sun Nov  6 08:49:30 1994"}}) == 0);
  BOOST_TEST(left({{"expires", "0"}}) == 0);
  BOOST_TEST(left({{"expires", "0"}, {"cache-control", "max-age=5"}}) == 5);
}

BOOST_AUTO_TEST_CASE(what_a_shared_cache_must_not_keep_is_told) {
  BOOST_TEST(freshness_of(headers({{"cache-control", "max-age=9, no-store"}}), then).forbidden);
  BOOST_TEST(freshness_of(headers({{"cache-control", "PRIVATE"}}), then).forbidden);
  BOOST_TEST(!freshness_of(headers({{"cache-control", "max-age=9"}}), then).forbidden);
}

BOOST_AUTO_TEST_CASE(retry_after_is_seconds_or_a_date_and_an_hour_at_most) {
  BOOST_TEST(retry({}) == -1);
  BOOST_TEST(retry({{"retry-after", "7"}}) == 7);
  BOOST_TEST(retry({{"retry-after", "soon"}}) == -1);
  BOOST_TEST(retry({{"retry-after", "-5"}}) == -1);
  BOOST_TEST(retry({{"retry-after", "86400"}}) == 3600);
  BOOST_TEST(retry({{"retry-after", "Sun, 06 Nov 1994 08:49:57 GMT"}}) == 20);
  BOOST_TEST(retry({{"retry-after", "Sun, 06 Nov 1994 08:49:07 GMT"}}) == 0);
  BOOST_TEST(retry({{"retry-after", "Sun, 06 Nov 1994 08:49:57 GMT"},
                    {"date", "Sun, 06 Nov 1994 08:49:54 GMT"}}) == 3);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
