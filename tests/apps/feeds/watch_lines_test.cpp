#include "apps/feeds/watch_lines.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

BOOST_AUTO_TEST_SUITE(watch_lines_test)

namespace {

using namespace stoker;
using feeds::watch_lines;
using verdict = watch_lines::verdict;

std::string fetch(const std::string& key, bool found, int connection = 17) {
  return "ts=1795755487.934071 gid=4 type=item_get key=" + key +
         " status=" + (found ? "found" : "not_found") + " clsid=1 cfd=" + std::to_string(connection) +
         " size=30";
}

std::string closed(int connection) {
  return "ts=1795755488.234395 gid=12 type=conn_close rip=unix rport=0 transport=local reason=normal cfd=" +
         std::to_string(connection);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_fetch_is_an_access_with_its_outcome_and_size) {
  watch_lines lines{"pages:"};
  reported_access access;
  BOOST_TEST((lines.read(fetch("pages:a%20b%25", true), access) == verdict::access));
  BOOST_TEST(access.key == "a b%");
  BOOST_TEST((access.outcome == access_outcome::hit));
  BOOST_TEST(access.bytes == 30u);
  BOOST_TEST((lines.read(fetch("pages:c", false), access) == verdict::access));
  BOOST_TEST((access.outcome == access_outcome::miss));
  BOOST_TEST((lines.read(fetch("other:c", false), access) == verdict::left_out));
  BOOST_TEST((lines.read(fetch("pages:", true), access) == verdict::left_out));
}

BOOST_AUTO_TEST_CASE(the_set_after_a_miss_is_no_second_miss) {
  watch_lines lines{""};
  reported_access access;
  BOOST_TEST((lines.read(fetch("a", false), access) == verdict::access));
  BOOST_TEST((lines.read(fetch("b", false), access) == verdict::access));
  BOOST_TEST((lines.read(fetch("a", false, 18), access) == verdict::access));
  BOOST_TEST((lines.read(fetch("a", false), access) == verdict::left_out));
  BOOST_TEST((lines.read(fetch("b", false), access) == verdict::left_out));
  BOOST_TEST((lines.read(fetch("a", true), access) == verdict::access));
  BOOST_TEST((lines.read(fetch("a", false), access) == verdict::access));
}

BOOST_AUTO_TEST_CASE(what_comes_over_a_marked_connection_is_left_out_until_it_is_closed) {
  watch_lines lines{""};
  reported_access access;
  BOOST_TEST((lines.read(fetch("stoker:own-connection", false, 5), access) == verdict::notice));
  BOOST_TEST((lines.read(fetch("a", true, 5), access) == verdict::left_out));
  BOOST_TEST((lines.read(fetch("a", true, 6), access) == verdict::access));
  BOOST_TEST((lines.read(closed(5), access) == verdict::notice));
  BOOST_TEST((lines.read(fetch("a", true, 5), access) == verdict::access));
}

BOOST_AUTO_TEST_CASE(what_was_skipped_is_counted_and_forgets_whose_connections_are_whose) {
  watch_lines lines{""};
  reported_access access;
  lines.read(fetch("stoker:own-connection", false, 5), access);
  BOOST_TEST((lines.read("skipped=120", access) == verdict::skipped));
  BOOST_TEST(lines.lines_skipped() == 120u);
  BOOST_TEST((lines.read(fetch("a", true, 5), access) == verdict::access));
}

BOOST_AUTO_TEST_CASE(damaged_lines_are_malformed_or_what_they_say) {
  watch_lines lines{""};
  reported_access access;
  for (const char* wrong : {"", "type=item_get", "type=item_get key=%4 status=found cfd=1", "skipped=x",
                            "type=item_get key=a status=found cfd=", "type=conn_close", "hello"})
    BOOST_TEST((lines.read(wrong, access) == verdict::malformed), wrong);
  std::mt19937 random{29};
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = fetch("a%20b", round % 2 == 0);
    for (unsigned i = 0; i < 1 + random() % 3; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (lines.read(damaged, access) == verdict::access) BOOST_REQUIRE(!access.key.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
