#include "apps/feeds/access_log_feed.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "messages/error.hpp"
#include "tests/apps/feeds/recorded_accesses.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace access_log_feed_test {

using namespace stoker;
using namespace stoker::test;
using feeds::access_log_config;
using feeds::access_log_feed;
using verdict = feeds::log_accesses::verdict;

constexpr double log_time = 971211336;  // of the lines below

std::string line(const std::string& path, const std::string& method = "GET", int status = 200) {
  return "192.0.2.7 - ann [10/Oct/2000:13:55:36 -0700] \"" + method + " " + path + " HTTP/1.1\" " +
         std::to_string(status) + " 2326 \"-\" \"Mozilla/4.08\"\n";
}

struct log_world {
  temporary_folder folder;
  std::string log = folder / "access.log";
  recorded_accesses recorded;

  access_log_config config() const {
    access_log_config made;
    made.path = log;
    made.state_file = folder / "state";
    made.from_start = true;
    made.poll_interval = std::chrono::milliseconds{1};
    return made;
  }
  std::unique_ptr<access_log_feed> feed(const access_log_config& how) {
    return std::make_unique<access_log_feed>(how, recorded.sink(), [] { return log_time + 1; });
  }
  void write(const std::string& text) const { std::ofstream{log, std::ios::app | std::ios::binary} << text; }
};

}  // namespace access_log_feed_test

BOOST_FIXTURE_TEST_SUITE(access_log_feed_test, log_world)

BOOST_AUTO_TEST_CASE(each_read_in_the_log_is_an_access) {
  write(line("/a") + line("/b", "POST") + line("/c", "GET", 404) + "garbage\n\n" + line("/d", "HEAD"));
  const auto running = feed(config());
  running->start();
  BOOST_TEST(eventually([&] { return running->counters().received == 5; }));
  BOOST_TEST(eventually([&] { return recorded.size() == 2; }));
  const auto all = recorded.all();
  BOOST_TEST(all[0].key == "/a");
  BOOST_TEST(all[0].subject == "ann");
  BOOST_TEST(all[0].bytes == 2326u);
  BOOST_TEST((all[0].outcome == access_outcome::hit));
  BOOST_TEST(all[1].key == "/d");
  running->stop();
  BOOST_TEST(running->counters().left_out == 2u);
  BOOST_TEST(running->counters().malformed == 1u);
  BOOST_TEST(reconciles(running->counters()));
}

BOOST_AUTO_TEST_CASE(restarts_and_rotations_lose_and_repeat_nothing) {
  std::vector<std::string> expected;
  int number = 0;
  const auto write_some = [&](int count) {
    for (int i = 0; i < count; ++i) {
      expected.push_back("/" + std::to_string(number++));
      write(line(expected.back()));
    }
  };
  write_some(1);
  for (int round = 0; round < 6; ++round) {
    const auto running = feed(config());
    running->start();
    write_some(500);
    std::filesystem::rename(log, log + "." + std::to_string(100 - round));
    write_some(500);
    if (round % 2 == 0) BOOST_TEST(eventually([&] { return recorded.size() >= expected.size(); }));
    running->stop();
    write_some(500);
  }
  const auto last = feed(config());
  last->start();
  BOOST_TEST(eventually([&] { return recorded.size() >= expected.size(); }));
  last->stop();
  BOOST_TEST(recorded.keys() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_state_a_restart_begins_at_the_end) {
  auto forgetful = config();
  forgetful.state_file = "";
  forgetful.from_start = false;
  write(line("/old"));
  const auto running = feed(forgetful);
  running->start();
  write(line("/new"));
  BOOST_TEST(eventually([&] { return recorded.size() == 1; }));
  running->stop();
  BOOST_TEST(recorded.keys() == std::vector<std::string>{"/new"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_damaged_state_is_told_and_following_begins_anew) {
  std::ofstream{folder / "state"} << "nonsense";
  write(line("/a"));
  const auto running = feed(config());
  running->start();
  BOOST_TEST(eventually([&] { return recorded.size() == 1; }));
  running->stop();
  BOOST_TEST(running->last_error().find("does not hold positions") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_log_that_is_not_there_is_told_and_waited_for) {
  const auto running = feed(config());
  running->start();
  BOOST_TEST(eventually([&] { return running->last_error().find("not there") != std::string::npos; }));
  write(line("/a"));
  BOOST_TEST(eventually([&] { return recorded.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(rules_say_what_an_access_is) {
  feeds::log_access_rules rules;
  rules.keys = {{"/product/{id}", "product:{id}"}};
  rules.methods = {"GET", "POST"};
  rules.max_age_s = 60;
  rules.subjects = false;
  feeds::log_accesses lines{"$request_method $request_uri $msec $upstream_cache_status $request_time", rules};
  reported_access access;
  std::string problem;
  const auto read = [&](const std::string& text) { return lines.read(text, 1000, access, problem); };
  BOOST_TEST((read("POST /product/7 1000.0 MISS 0.25") == verdict::access));
  BOOST_TEST(access.key == "product:7");
  BOOST_TEST((access.outcome == access_outcome::miss));
  BOOST_TEST(access.cost_us == 250'000u);
  BOOST_TEST(access.subject == "");
  BOOST_TEST((read("GET /product/7 1000.0 HIT 0.25\r") == verdict::access));
  BOOST_TEST((access.outcome == access_outcome::hit));
  BOOST_TEST(access.cost_us == 0u);
  BOOST_TEST((read("GET /product/7 1000.0 BYPASS 0.25") == verdict::left_out));
  BOOST_TEST((read("PUT /product/7 1000.0 HIT 0.25") == verdict::left_out));
  BOOST_TEST((read("GET /other 1000.0 HIT 0.25") == verdict::left_out));
  BOOST_TEST((read("GET /product/7 939.0 HIT 0.25") == verdict::left_out));
  BOOST_TEST((read("GET /product/7") == verdict::malformed));
  BOOST_TEST(problem != "");
}

BOOST_AUTO_TEST_CASE(damaged_lines_are_counted_and_harm_nothing) {
  feeds::log_accesses lines{"", {.keys = {{"/a/{id}*", "a:{id}"}}}};
  std::mt19937 random{23};
  const auto whole = line("/a/%41bc?d=e");
  int accesses = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = whole;
    for (unsigned i = 0; i < 1 + random() % 3; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    reported_access access;
    std::string problem;
    const auto found = lines.read(damaged, log_time, access, problem);
    if (found == verdict::malformed) BOOST_REQUIRE(!problem.empty());
    if (found != verdict::access) continue;
    ++accesses;
    BOOST_REQUIRE(access.key.starts_with("a:"));
  }
  BOOST_TEST(accesses > 0);
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused_with_its_field) {
  const auto check = [&](auto change, const std::string& part) {
    auto wrong = config();
    change(wrong);
    BOOST_CHECK_EXCEPTION(feed(wrong), error, [&](const error& e) {
      return std::string{e.what()}.find(part) != std::string::npos;
    });
  };
  check([](auto& c) { c.path = ""; }, "path is missing");
  check([](auto& c) { c.state_file = c.path; }, "state_file");
  check([](auto& c) { c.format = "$status"; }, "format: ");
  check([](auto& c) { c.rules.keys = {{"/{id", "x"}}; }, "keys: ");
  check([](auto& c) { c.rules.methods = {}; }, "method");
  check([](auto& c) { c.poll_interval = {}; }, "poll_interval");
  check([](auto& c) { c.rules.max_age_s = -1; }, "max_age");
}

BOOST_AUTO_TEST_SUITE_END()
