#include "apps/feeds/log_follower.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "apps/feeds/follow_state.hpp"
#include "storage/traces/byte_sink.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace log_follower_test {

using namespace stoker::feeds;
using stoker::test::temporary_folder;
namespace fs = std::filesystem;
using std::chrono::seconds;

struct log_world {
  temporary_folder folder;
  fs::path log = folder / "access.log";
  log_follower::steady_time now{};
  std::vector<std::string> seen;
  std::uint64_t too_long = 0;

  log_follower_config config(bool from_start = true) const { return {log, from_start, seconds{60}}; }

  static void append(const fs::path& file, const std::string& text) {
    std::ofstream{file, std::ios::app | std::ios::binary} << text;
  }
  void write(const std::string& text) const { append(log, text); }
  fs::path rotated(const std::string& suffix) const { return fs::path{log} += suffix; }

  void read(log_follower& follower) {
    while (follower.poll(now, [this](std::optional<std::string_view> line) {
      if (line)
        seen.emplace_back(*line);
      else
        ++too_long;
    })) {
    }
  }
  void copy_and_truncate(const std::string& suffix) const {
    fs::copy_file(log, rotated(suffix));
    fs::resize_file(log, 0);
  }
  // As gzip does: the file goes, its time stays.
  void compress(const std::string& suffix) const {
    const auto plain = rotated(suffix);
    const auto written = fs::last_write_time(plain);
    std::ifstream in{plain, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto packed = rotated(suffix + ".gz");
    {
      auto out = stoker::create_file(packed);
      out->write(text);
      out->finish();
    }
    fs::last_write_time(packed, written);
    fs::remove(plain);
  }
  void expect(const std::vector<std::string>& lines) const {
    BOOST_TEST(seen == lines, boost::test_tools::per_element());
  }
};

// Gives a file a time of its own, later than all before.
void stamp(const fs::path& file, int order) {
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours{1} + seconds{order});
}

}  // namespace log_follower_test

BOOST_FIXTURE_TEST_SUITE(log_follower_test, log_world)

BOOST_AUTO_TEST_CASE(lines_are_told_once_and_when_they_are_whole) {
  log_follower follower{config(), {}};
  read(follower);
  write("one\ntwo");
  read(follower);
  expect({"one"});
  write(" and a half\nthree\n");
  read(follower);
  read(follower);
  expect({"one", "two and a half", "three"});
}

BOOST_AUTO_TEST_CASE(without_a_position_following_begins_at_the_end_unless_told) {
  write("old\nhalf");
  log_follower follower{config(false), {}};
  follower.begin(now);
  write(" a line\nnew\n");
  read(follower);
  expect({"new"});
}

BOOST_AUTO_TEST_CASE(a_log_that_comes_later_is_read_from_its_start) {
  log_follower follower{config(false), {}};
  read(follower);
  BOOST_TEST(!follower.is_open());
  write("first\n");
  read(follower);
  expect({"first"});
}

BOOST_AUTO_TEST_CASE(a_renamed_log_is_read_to_its_end_though_it_is_written_to_for_a_while) {
  log_follower follower{config(), {}};
  write("1\n");
  read(follower);
  write("2\n");
  fs::rename(log, rotated(".1"));
  append(rotated(".1"), "3\n");
  read(follower);
  write("5\n");
  append(rotated(".1"), "4\n");
  read(follower);
  append(rotated(".1"), "late\n");
  now += seconds{59};
  read(follower);
  expect({"1", "2", "3", "4", "5", "late"});
  now += seconds{61};
  read(follower);
  append(rotated(".1"), "too late\n");
  read(follower);
  BOOST_TEST(seen.size() == 6u);
  BOOST_TEST(follower.rotations() == 1u);
  BOOST_TEST(follower.gaps() == 0u);
}

BOOST_AUTO_TEST_CASE(the_last_line_of_a_renamed_log_may_lack_its_end) {
  log_follower follower{config(), {}};
  write("1\nunfinished");
  read(follower);
  fs::rename(log, rotated(".1"));
  write("2\n");
  read(follower);
  now += seconds{61};
  read(follower);
  expect({"1", "2", "unfinished"});
}

BOOST_AUTO_TEST_CASE(what_was_not_read_before_a_truncation_is_read_from_the_copy) {
  log_follower follower{config(), {}};
  write("1\n");
  read(follower);
  write("2\n");
  copy_and_truncate(".1");
  write("3\n");
  read(follower);
  expect({"1", "2", "3"});
  BOOST_TEST(follower.gaps() == 0u);
}

BOOST_AUTO_TEST_CASE(a_truncated_log_that_has_grown_beyond_the_position_is_noticed) {
  log_follower follower{config(), {}};
  write("1\n2\n");
  read(follower);
  copy_and_truncate("-20261127");
  write("a\nb\nc\nd\n");
  read(follower);
  expect({"1", "2", "a", "b", "c", "d"});
}

BOOST_AUTO_TEST_CASE(a_truncation_without_a_copy_is_a_gap) {
  log_follower follower{config(), {}};
  write("1\n");
  read(follower);
  fs::resize_file(log, 0);
  write("longer than before\n");
  read(follower);
  expect({"1", "longer than before"});
  BOOST_TEST(follower.gaps() == 1u);
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_where_it_was) {
  write("1\n2\n");
  std::vector<file_position> kept;
  {
    log_follower follower{config(), {}};
    read(follower);
    kept = follower.positions();
  }
  write("3\n");
  log_follower again{config(), kept};
  BOOST_TEST((again.positions() == kept));
  read(again);
  expect({"1", "2", "3"});
}

BOOST_AUTO_TEST_CASE(a_restart_finds_what_was_rotated_away_meanwhile) {
  write("1\n");
  log_follower follower{config(), {}};
  read(follower);
  const auto kept = follower.positions();
  write("2\n");
  stamp(log, 1);
  fs::rename(log, rotated(".3"));
  write("3\n");
  stamp(log, 2);
  fs::rename(log, rotated(".2"));
  compress(".3");
  compress(".2");
  write("4\n");
  stamp(log, 3);
  fs::rename(log, rotated(".1"));
  write("5\n");
  append(rotated(".5"), "of long ago\n");
  stamp(rotated(".5"), 0);
  log_follower again{config(), kept};
  read(again);
  expect({"1", "2", "3", "4", "5"});
  BOOST_TEST(again.gaps() == 0u);
}

BOOST_AUTO_TEST_CASE(a_restart_after_copy_and_truncation_reads_the_copys_rest) {
  write("1\n");
  log_follower follower{config(), {}};
  read(follower);
  const auto kept = follower.positions();
  write("2\n");
  copy_and_truncate(".1");
  compress(".1");
  write("3\n");
  log_follower again{config(), kept};
  read(again);
  expect({"1", "2", "3"});
}

BOOST_AUTO_TEST_CASE(a_restart_whose_log_is_gone_says_so_and_reads_what_there_is) {
  write("1\n");
  log_follower follower{config(), {}};
  read(follower);
  const auto kept = follower.positions();
  fs::remove(log);
  write("different\n");
  log_follower again{config(), kept};
  read(again);
  expect({"1", "different"});
  BOOST_TEST(again.gaps() == 1u);
}

BOOST_AUTO_TEST_CASE(positions_in_old_and_new_logs_are_kept_together) {
  log_follower follower{config(), {}};
  write("1\n");
  read(follower);
  fs::rename(log, rotated(".1"));
  write("2\n");
  read(follower);
  const auto kept = follower.positions();
  BOOST_TEST(kept.size() == 2u);
  append(rotated(".1"), "late\n");
  write("3\n");
  log_follower again{config(), kept};
  read(again);
  expect({"1", "2", "late", "3"});
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_passed_over_and_counted) {
  log_follower follower{config(), {}};
  write("1\n" + std::string(5 * longest_log_line, 'x'));
  read(follower);
  write(std::string(longest_log_line, 'y') + "\n2\n" + std::string(longest_log_line + 1, 'z') + "\n3\n");
  read(follower);
  expect({"1", "2", "3"});
  BOOST_TEST(too_long == 2u);
}

BOOST_AUTO_TEST_CASE(random_writing_and_rotation_loses_and_repeats_nothing) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random{seed};
    std::vector<std::string> written;
    seen.clear();
    const auto base = "random" + std::to_string(seed) + ".log";
    log = folder / base;
    auto follower = std::make_unique<log_follower>(config(), std::vector<file_position>{});
    follower->begin(now);
    int rotations = 0;
    const auto next_name = [&] { return "." + std::to_string(++rotations); };
    const auto put = [&](const std::string& text, int step) {
      write(written.emplace_back(text) + "\n");
      stamp(log, step);
    };
    put("the first", 0);
    read(*follower);
    for (int step = 1; step < 300; ++step) {
      const auto kept = follower->positions();
      auto what = random() % 12;
      // A log is rotated in one way or in the other.
      if (what < 2) what = seed % 2;
      switch (what) {
        case 0:
          fs::rename(log, rotated(next_name()));
          put("first of a log " + std::to_string(step), step);
          break;
        case 1:
          // A log that is truncated before anybody looked at it leaves no trace.
          put("in time " + std::to_string(step), step);
          read(*follower);
          put("last of a log " + std::to_string(step), step);
          copy_and_truncate(next_name());
          stamp(rotated("." + std::to_string(rotations)), step);
          stamp(log, step);
          break;
        case 2:
          follower = std::make_unique<log_follower>(config(), kept);
          break;
        case 3:
        case 4:
          read(*follower);
          break;
        default:
          put("line " + std::to_string(step) + std::string(random() % 40, '.'), step);
      }
    }
    read(*follower);
    std::sort(written.begin(), written.end());
    std::sort(seen.begin(), seen.end());
    BOOST_TEST_CONTEXT("seed " << seed) BOOST_TEST(seen == written, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_state_is_what_was_written_or_nothing) {
  const fs::path state = folder / "state";
  std::string problem;
  BOOST_TEST(read_positions(state, problem).empty());
  BOOST_TEST(problem == "");
  const std::vector<file_position> positions{{{1, 2}, 300, 0xfedcba9876543210, 256}, {{1, 3}, 0, 7, 0}};
  BOOST_TEST(write_positions(state, positions, problem));
  BOOST_TEST((read_positions(state, problem) == positions));
  const auto text = encode_positions(positions);
  std::mt19937 random{11};
  for (int round = 0; round < 5000; ++round) {
    auto damaged = text;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    if (random() % 3 == 0) damaged.resize(random() % damaged.size());
    if (const auto read = decode_positions(damaged))
      for (const auto& each : *read) BOOST_REQUIRE(each.print_bytes <= each.offset);
  }
  append(state, "more");
  BOOST_TEST(read_positions(state, problem).empty());
  BOOST_TEST(problem.find("does not hold positions") != std::string::npos);
  BOOST_TEST(!write_positions(folder / "no/such/folder", positions, problem));
}

BOOST_AUTO_TEST_SUITE_END()
