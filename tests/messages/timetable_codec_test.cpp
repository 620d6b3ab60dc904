#include <boost/test/unit_test.hpp>
#include <random>

#include "messages/timetable_codec.hpp"

using namespace stoker;

namespace {

scheduler_status sample() {
  scheduler_status table;
  table.cycles = 7;
  schedule_state line;
  line.id = "popular pages";
  line.cache = "pages";
  line.interval = std::chrono::minutes{30};
  line.last_run = time_point{std::chrono::hours{1000}};
  line.succeeded = true;
  line.result = "warmed 5 of 5, 0 failed";
  line.runs = 7;
  table.schedules = {line, line};
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timetable_codec)

BOOST_AUTO_TEST_CASE(comes_back_as_it_was_kept) {
  const auto back = decode_timetable(encode_timetable(sample()));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->cycles == 7u);
  BOOST_REQUIRE(back->schedules.size() == 2u);
  const auto& line = back->schedules[1];
  BOOST_TEST(line.id == "popular pages");
  BOOST_TEST(line.cache == "pages");
  BOOST_CHECK(line.interval == std::chrono::minutes{30});
  BOOST_CHECK(line.last_run == time_point{std::chrono::hours{1000}});
  BOOST_TEST(line.succeeded);
  BOOST_TEST(line.result == "warmed 5 of 5, 0 failed");
  BOOST_TEST(line.runs == 7u);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_timetable) {
  BOOST_TEST(!decode_timetable("").has_value());
  BOOST_TEST(!decode_timetable("no timetable").has_value());
  const auto whole = encode_timetable(sample());
  BOOST_TEST(!decode_timetable(std::string_view{whole}.substr(0, whole.size() - 1)).has_value());
  auto later_version = whole;
  later_version[1] = 2;
  BOOST_TEST(!decode_timetable(later_version).has_value());
}

BOOST_AUTO_TEST_CASE(survives_damaged_bytes) {
  std::mt19937 random{7};
  const auto whole = encode_timetable(sample());
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    auto damaged = whole;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    refused += decode_timetable(damaged).has_value() ? 0 : 1;
  }
  BOOST_TEST(refused > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
