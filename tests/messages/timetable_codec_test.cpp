#include <boost/test/unit_test.hpp>
#include <msgpack.hpp>
#include <random>

#include "messages/timetable_codec.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(timetable_codec)

namespace {

kept_timetable sample() {
  schedule_state line;
  line.id = "popular pages";
  line.cache = "pages";
  line.interval = std::chrono::minutes{15};
  line.given_interval = std::chrono::minutes{30};
  line.last_run = time_point{std::chrono::hours{1000}};
  line.last_due = time_point{std::chrono::hours{999}};
  line.succeeded = true;
  line.result = "warmed 5 of 5, 0 failed";
  line.runs = 7;
  line.failures = 2;
  line.last_error = "the origin is down";
  line.took = std::chrono::seconds{3};
  line.deferrals = 4;
  kept_timetable kept;
  kept.table.cycles = 7;
  kept.table.schedules = {line, line};
  kept.habits = {{"peaks pages", 1'957'000, {0, 1, 400}, {{std::chrono::minutes{10}, 3, 0.75}}}};
  return kept;
}

// As version 1 wrote it.
std::string first_version() {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> packer{buffer};
  packer.pack_array(3);
  packer.pack(1);
  packer.pack(7);
  packer.pack_array(1);
  packer.pack_array(7);
  packer.pack("popular pages");
  packer.pack("pages");
  packer.pack(std::int64_t{1'800'000'000'000});
  packer.pack(std::int64_t{3'600'000'000'000});
  packer.pack(true);
  packer.pack("fine");
  packer.pack(7);
  return {buffer.data(), buffer.size()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(comes_back_as_it_was_kept) {
  const auto back = decode_timetable(encode_timetable(sample()));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->table.cycles == 7u);
  BOOST_REQUIRE(back->table.schedules.size() == 2u);
  const auto& line = back->table.schedules[1];
  BOOST_TEST(line.id == "popular pages");
  BOOST_TEST(line.cache == "pages");
  BOOST_CHECK(line.interval == std::chrono::minutes{15});
  BOOST_CHECK(line.given_interval == std::chrono::minutes{30});
  BOOST_CHECK(line.last_run == time_point{std::chrono::hours{1000}});
  BOOST_CHECK(line.last_due == time_point{std::chrono::hours{999}});
  BOOST_TEST(line.succeeded);
  BOOST_TEST(line.result == "warmed 5 of 5, 0 failed");
  BOOST_TEST(line.runs == 7u);
  BOOST_TEST(line.failures == 2u);
  BOOST_TEST(line.last_error == "the origin is down");
  BOOST_CHECK(line.took == std::chrono::seconds{3});
  BOOST_TEST(line.deferrals == 4u);
}

BOOST_AUTO_TEST_CASE(habits_come_back_with_their_leads) {
  const auto back = decode_timetable(encode_timetable(sample()));
  BOOST_REQUIRE(back.has_value());
  BOOST_REQUIRE(back->habits.size() == 1u);
  const auto& habit = back->habits[0];
  BOOST_TEST(habit.id == "peaks pages");
  BOOST_TEST(habit.latest_slot == 1'957'000);
  BOOST_TEST(habit.accesses == (std::vector<std::uint32_t>{0, 1, 400}));
  BOOST_REQUIRE(habit.leads.size() == 1u);
  BOOST_CHECK(habit.leads[0].lead == std::chrono::minutes{10});
  BOOST_TEST(habit.leads[0].tries == 3u);
  BOOST_TEST(habit.leads[0].benefit == 0.75);
}

BOOST_AUTO_TEST_CASE(reads_what_version_1_wrote) {
  const auto back = decode_timetable(first_version());
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->table.cycles == 7u);
  BOOST_REQUIRE(back->table.schedules.size() == 1u);
  const auto& line = back->table.schedules[0];
  BOOST_CHECK(line.interval == std::chrono::minutes{30});
  BOOST_CHECK(line.given_interval == line.interval);
  BOOST_CHECK(line.last_due == line.last_run);
  BOOST_TEST(line.runs == 7u);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_timetable) {
  BOOST_TEST(!decode_timetable("").has_value());
  BOOST_TEST(!decode_timetable("no timetable").has_value());
  const auto whole = encode_timetable(sample());
  BOOST_TEST(!decode_timetable(std::string_view{whole}.substr(0, whole.size() - 1)).has_value());
  auto later_version = whole;
  later_version[1] = 3;
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
