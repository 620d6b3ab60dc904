#include "apps/stoker/learn_command.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <stoker/engine.hpp>

#include "tests/apps/stoker/run_command.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(learn_command_test)

namespace {

using namespace stoker::cli;
using stoker::test::check_rejected;
using stoker::test::outcome;
using stoker::test::temporary_folder;
using stoker::test::write_bytes;

// Forty pages one after the other, over and over: a cache of four (10 %) never hits, and what follows a page
// is certain.
struct learning_world {
  static constexpr int pages = 40;
  static constexpr int rounds = 50;
  temporary_folder folder;
  std::string trace = folder / "t.txt";
  std::string history = folder / "history";

  learning_world() {
    std::string text;
    for (int i = 0; i < pages * rounds; ++i) text += page(i % pages) + "\n";
    write_bytes(trace, text);
  }

  static std::string page(int number) { return "/page-" + std::to_string(number) + "-"; }

  outcome learn(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"learn", "--cache", "pages", "--history", history};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return stoker::test::run_command(add_learn_command, arguments);
  }

  nlohmann::json learn_json(std::vector<std::string> more) const {
    more.push_back("--json");
    const auto result = learn(more);
    BOOST_TEST_REQUIRE(result.status == exit_ok, result.err);
    return nlohmann::json::parse(result.out);
  }
};

// A live engine on what was learned.
struct started_engine {
  explicit started_engine(const std::string& history)
      : running({.history_folder = history}),
        cache(running.add_cache({.name = "pages", .capacity_entries = 4, .load = [](std::string_view key) {
                                   return stoker::loaded(std::string{key});
                                 }})) {}
  stoker::engine running;
  stoker::cache_handle cache;
};

std::string log_line(const std::string& time, const std::string& path, int status = 200) {
  return "192.0.2.7 - ann [" + time + "] \"GET " + path + " HTTP/1.1\" " + std::to_string(status) +
         " 512 \"-\" \"-\"\n";
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_engine_that_starts_on_the_history_knows_what_was_learned, learning_world) {
  const auto json = learn_json({trace});
  BOOST_TEST(json["accesses"] == pages * rounds);
  BOOST_TEST(json["distinct_keys"] == pages);
  BOOST_TEST(json["keys_in_history"] == pages);
  BOOST_TEST(json["model_keys"] == pages);

  started_engine started(history);
  BOOST_TEST(started.running.patterns("pages").unique_keys == 40u);
  BOOST_TEST(started.running.key("pages", page(7)).count == 50u);
  const auto next = started.running.predict({.cache = "pages", .keys = {page(7)}});
  BOOST_REQUIRE(!next.candidates.empty());
  BOOST_TEST(next.candidates.front().observations > 10u);
  BOOST_TEST(next.candidates.front().source_key == page(7));
  BOOST_TEST(started.running.warm({.cache = "pages", .limit = 3}).warmed == 3u);
}

BOOST_FIXTURE_TEST_CASE(it_tells_what_prefetching_would_have_gained, learning_world) {
  const auto json = learn_json({trace});
  BOOST_TEST(json["cache_entries"] == 4);
  BOOST_TEST(json["hit_ratio"].get<double>() <= 0.1);  // what the best eviction could keep of the loop
  BOOST_TEST(json["shadow_hits"].get<int>() > 500);
  BOOST_TEST(json["shadow_hit_ratio"].get<double>() > 0.25);
  BOOST_TEST(json["shadow_hit_ratio"].get<double>() <= 1.0);
  BOOST_TEST(json["shadow_load"].get<double>() >= 1.0);
  BOOST_TEST(json["shadow_load"].get<double>() < 3.0);
}

BOOST_FIXTURE_TEST_CASE(the_same_trace_teaches_the_same, learning_world) {
  auto first = learn_json({trace});
  history = folder / "another";
  auto second = learn_json({trace});
  for (auto* json : {&first, &second}) {
    json->erase("seconds");
    json->erase("history");
  }
  BOOST_TEST(first == second);
}

BOOST_FIXTURE_TEST_CASE(what_is_learned_later_adds_to_what_was_known, learning_world) {
  learn_json({trace});
  const auto json = learn_json({trace});
  BOOST_TEST(json["accesses"] == pages * rounds);
  BOOST_TEST(json["accesses_in_history"] == 2 * pages * rounds);
  started_engine started(history);
  BOOST_TEST(started.running.key("pages", page(7)).count == 100u);
}

BOOST_FIXTURE_TEST_CASE(access_logs_are_learned_at_their_own_time, learning_world) {
  const auto log = folder / "access.log";
  write_bytes(log, log_line("01/Nov/2023:07:00:00 +0000", "/start") +
                       log_line("01/Nov/2023:07:00:05 +0000", "/next?page=2") +
                       log_line("01/Nov/2023:07:30:00 +0000", "/start") +
                       log_line("01/Nov/2023:08:00:00 +0000", "/gone", 404));
  const auto json = learn_json({log});
  BOOST_TEST(json["accesses"] == 3);
  BOOST_TEST(json["left_out"] == 1);
  started_engine started(history);
  const auto start = started.running.key("pages", "/start");
  BOOST_TEST(start.count == 2u);
  BOOST_TEST(start.hour_of_day[7] == 2u);
  BOOST_TEST(start.bytes == 512u);
  BOOST_TEST(start.mean_interval_s == 1800, boost::test_tools::tolerance(0.001));
  const auto last = std::chrono::duration_cast<std::chrono::seconds>(start.last_access.time_since_epoch());
  BOOST_TEST(last.count() == 1698823800);
  BOOST_TEST(started.running.key("pages", "/next?page=2").count == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_log_format_of_ones_own_brings_costs, learning_world) {
  const auto log = folder / "site.log";
  write_bytes(log, "1698822000.5 /start 0.250\n1698822001.0 /next 0.010\n");
  learn_json({log, "--log-format", "$msec $request_uri $request_time"});
  started_engine started(history);
  BOOST_TEST(started.running.key("pages", "/start").cost_us == 250'000u);
}

BOOST_FIXTURE_TEST_CASE(a_malformed_line_ends_it_and_nothing_is_kept, learning_world) {
  const auto broken = folder / "broken.csv";
  write_bytes(broken, "time,key\n1,a\nnoon,b\n2,c\n");
  check_rejected(learn({trace, broken}), exit_usage, broken + ":3: expected a time in seconds, found 'noon'");
  BOOST_TEST(!std::filesystem::exists(history));
  const auto json = learn_json({broken, "--skip-malformed"});
  BOOST_TEST(json["malformed"] == 1);
  BOOST_TEST(json["accesses"] == 2);
}

BOOST_FIXTURE_TEST_CASE(wrong_usage_is_told_before_anything_is_read, learning_world) {
  check_rejected(stoker::test::run_command(add_learn_command, {"learn", "--cache", "pages"}), exit_usage,
                 "FILE is required");
  check_rejected(stoker::test::run_command(add_learn_command, {"learn", trace}), exit_usage,
                 "--cache is required");
  check_rejected(learn({trace, "--log-format", "$status"}), exit_usage,
                 "--log-format: log format: it names no key");
  check_rejected(learn({trace, "--cache-size", "0"}), exit_usage, "--cache-size: expected entries");
  check_rejected(learn({trace, "--rate", "0"}), exit_usage, "--rate");
  check_rejected(learn({folder / "none.txt"}), exit_usage, "none.txt");
  write_bytes(folder / "failures.log", log_line("01/Nov/2023:07:00:00 +0000", "/a", 500));
  check_rejected(learn({folder / "failures.log"}), exit_usage, "there is no access in these files");
}

BOOST_FIXTURE_TEST_CASE(a_history_that_is_in_use_is_left_alone, learning_world) {
  started_engine started(history);
  check_rejected(learn({trace}), exit_failure, history);
}

BOOST_FIXTURE_TEST_CASE(it_reports_in_words_for_people, learning_world) {
  const auto result = learn({trace});
  BOOST_TEST(result.status == exit_ok);
  BOOST_TEST(result.out.find("learned 2000 accesses of 40 keys from 1 file") != std::string::npos);
  BOOST_TEST(result.out.find("with prefetching it would have been") != std::string::npos);
  BOOST_TEST(result.err == "");
}

BOOST_FIXTURE_TEST_CASE(a_logs_paths_become_the_applications_keys, learning_world) {
  const auto log = folder / "access.log";
  write_bytes(log, log_line("10/Oct/2025:13:55:36 +0000", "/product/7?from=mail") +
                       log_line("10/Oct/2025:13:55:37 +0000", "/product/7") +
                       log_line("10/Oct/2025:13:55:38 +0000", "/about"));
  const auto json = learn_json({"--format", "log", "--key", "/product/{id}=product:{id}", log});
  BOOST_TEST(json["accesses"] == 2);
  BOOST_TEST(json["left_out"] == 1);
  started_engine started(history);
  BOOST_TEST(started.running.key("pages", "product:7").count == 2u);
  BOOST_TEST(learn({"--key", "/product/{id}", log}).status == exit_usage);
}

BOOST_AUTO_TEST_SUITE_END()
