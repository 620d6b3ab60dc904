#include "apps/feeds/monitor_lines.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "apps/feeds/lfu_rate.hpp"

namespace monitor_lines_test {

using stoker::feeds::monitor_lines;
using verdict = monitor_lines::verdict;

struct reader {
  monitor_lines lines{0, "p:"};
  std::vector<std::string_view> keys;
  std::string_view client;

  verdict read(const std::string& command, const std::string& where = "0 127.0.0.1:60866") {
    return lines.read("1339518083.107412 [" + where + "] " + command, keys, client);
  }
};

}  // namespace monitor_lines_test

BOOST_FIXTURE_TEST_SUITE(monitor_lines_test, reader)

BOOST_AUTO_TEST_CASE(reads_are_accesses) {
  BOOST_TEST((read(R"("GET" "p:a \"b\"\x00\n\\")") == verdict::accesses));
  BOOST_TEST(keys.size() == 1u);
  BOOST_TEST((keys[0] == std::string_view{"a \"b\"\0\n\\", 8}));
  BOOST_TEST(client == "127.0.0.1:60866");
  BOOST_TEST((read(R"("mget" "p:a" "other" "p:" "p:c")") == verdict::accesses));
  BOOST_TEST(keys == (std::vector<std::string_view>{"a", "c"}), boost::test_tools::per_element());
  BOOST_TEST((read(R"("getex" "p:a" "ex" "10")") == verdict::accesses));
}

BOOST_AUTO_TEST_CASE(everything_else_is_left_out) {
  BOOST_TEST((read(R"("set" "p:a" "1")") == verdict::left_out));
  BOOST_TEST((read(R"("get" "q:a")") == verdict::left_out));
  BOOST_TEST((read(R"("get" "p:a")", "1 127.0.0.1:1") == verdict::left_out));
  BOOST_TEST((read(R"("get" "p:a")", "0 lua") == verdict::left_out));
  BOOST_TEST((read(R"("ping")") == verdict::left_out));
}

BOOST_AUTO_TEST_CASE(stokers_own_reads_are_left_out) {
  BOOST_TEST((read(R"("PTTL" "p:a")", "0 unix:/s") == verdict::left_out));
  BOOST_TEST((read(R"("GET" "p:a")", "0 unix:/s") == verdict::left_out));
  BOOST_TEST((read(R"("GET" "p:a")", "0 unix:/s") == verdict::accesses));
  read(R"("PTTL" "p:a")");
  BOOST_TEST((read(R"("GET" "p:a")", "0 other:1") == verdict::accesses));
  read(R"("PTTL" "p:a")");
  BOOST_TEST((read(R"("GET" "p:b")") == verdict::accesses));
}

BOOST_AUTO_TEST_CASE(damaged_lines_are_malformed_or_what_they_say) {
  for (const char* wrong : {"", "GET", "\"get", "\"get\"x", "\"get\" p:a", "\"get\" \"\\x4\""})
    BOOST_TEST((read(wrong) == verdict::malformed), wrong);
  BOOST_TEST((lines.read("+OK", keys, client) == verdict::notice));
  std::mt19937 random{31};
  const std::string whole = R"(1339518083.107412 [0 127.0.0.1:60866] "get" "p:a\x41\"b")";
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = whole;
    for (unsigned i = 0; i < 1 + random() % 3; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (lines.read(damaged, keys, client) == verdict::accesses) BOOST_REQUIRE(!keys.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_counters_rate_is_where_growth_and_decay_balance) {
  using stoker::feeds::uses_per_second;
  const stoker::feeds::lfu_settings settings{10, 1};
  BOOST_TEST(uses_per_second(0, settings) == 0.0);
  BOOST_TEST(uses_per_second(5, settings) == 1.0 / 60);
  BOOST_TEST(uses_per_second(15, settings) == 101.0 / 60);
  BOOST_TEST(uses_per_second(15, {10, 2}) == 101.0 / 120);
  BOOST_TEST(uses_per_second(15, {10, 0}) == 101.0 / 60);
  // In the long run each key gets its rate: of 100 keys 10 are looked at in each round of a tenth of a
  // second.
  BOOST_TEST(stoker::feeds::uses_of_round(5, 0.1, 100, 10) == 5.0);
  BOOST_TEST(stoker::feeds::drawn(2.5, 0.25) == 2u);
  BOOST_TEST(stoker::feeds::drawn(2.5, 0.75) == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
