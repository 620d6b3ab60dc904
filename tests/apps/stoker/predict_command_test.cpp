#include "apps/stoker/predict_command.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <stoker/engine.hpp>

#include "apps/stoker/learn_command.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(predict_command_test)

namespace {

using namespace stoker::cli;
using stoker::test::check_rejected;
using stoker::test::outcome;
using stoker::test::run_command;

// Thirty pages one after the other, over and over, the last of them the only one that is slow to load.
struct learned_world {
  static constexpr int pages = 30;
  stoker::test::temporary_folder folder;
  std::string history = folder / "history";

  learned_world() {
    std::string log;
    for (int i = 0; i < pages * 40; ++i)
      log += std::to_string(1'700'000'000 + i) + " " + page(i % pages) +
             (i % pages == pages - 1 ? " 2" : " 0.5") + "\n";
    stoker::test::write_bytes(folder / "site.log", log);
    const auto learned =
        run_command(add_learn_command, {"learn", "--cache", "pages", "--history", history, "--log-format",
                                        "$msec $key $request_time", folder / "site.log"});
    BOOST_TEST_REQUIRE(learned.status == exit_ok, learned.err);
  }

  static std::string page(int number) { return "/page-" + std::to_string(number) + "-"; }

  outcome predict(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"predict", "--cache", "pages", "--history", history};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_command(add_predict_command, arguments);
  }
  nlohmann::json predict_json(std::vector<std::string> more) const {
    more.push_back("--json");
    const auto result = predict(more);
    BOOST_TEST_REQUIRE(result.status == exit_ok, result.err);
    return nlohmann::json::parse(result.out);
  }
};

nlohmann::json find_key(const nlohmann::json& answer, const std::string& key) {
  for (const auto& candidate : answer["candidates"])
    if (candidate["key"] == key) return candidate;
  return {};
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(candidates_come_with_probability_source_and_cost, learned_world) {
  const auto answer = predict_json({page(28)});
  const auto next = find_key(answer, page(29));
  BOOST_REQUIRE(!next.is_null());
  BOOST_TEST(next["probability"].get<double>() > 0.3);
  BOOST_TEST(next["probability"].get<double>() <= 1.0);
  BOOST_TEST(next["model"] == "successor");
  BOOST_TEST(next["source_key"] == page(28));
  BOOST_TEST(next["observations"].get<int>() > 10);
  BOOST_TEST(next["cost_us"] == 2'000'000);
  BOOST_TEST(answer["unknown"].empty());
  double before = 1;
  for (const auto& candidate : answer["candidates"]) {
    BOOST_TEST(candidate["probability"].get<double>() <= before);
    before = candidate["probability"];
  }
}

BOOST_FIXTURE_TEST_CASE(the_engine_predicts_the_same, learned_world) {
  const auto answer = predict_json({page(7), "--limit", "3"});
  stoker::engine running({.history_folder = history});
  running.add_cache({.name = "pages", .capacity_entries = 10, .load = [](std::string_view key) {
                       return stoker::loaded(std::string{key});
                     }});
  const auto same = running.predict({.cache = "pages", .keys = {page(7), "never"}, .limit = 3});
  BOOST_TEST_REQUIRE(same.candidates.size() == answer["candidates"].size());
  for (std::size_t i = 0; i < same.candidates.size(); ++i) {
    const auto& expected = answer["candidates"][i];
    BOOST_TEST(expected["key"] == same.candidates[i].key);
    BOOST_TEST(expected["observations"] == same.candidates[i].observations);
    BOOST_TEST(expected["cost_us"] == same.candidates[i].cost_us);
  }
  BOOST_TEST(same.unknown == std::vector<std::string>{"never"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(limit_and_confidence_leave_out_the_rest, learned_world) {
  BOOST_TEST(predict_json({page(7), "--limit", "1"})["candidates"].size() == 1u);
  BOOST_TEST(predict_json({page(7), "--confidence", "1"})["candidates"].empty());
  BOOST_TEST(predict({page(7), "--confidence", "1"}).out == "nothing is known to follow\n");
}

BOOST_FIXTURE_TEST_CASE(unknown_keys_are_named_and_fail_it_only_when_all_are, learned_world) {
  const auto some = predict({"never", page(7)});
  BOOST_TEST(some.status == exit_ok);
  BOOST_TEST(some.err.find("never: never seen in cache pages") != std::string::npos);
  BOOST_TEST(some.out.find(page(8)) != std::string::npos);
  check_rejected(predict({"never"}), exit_failure,
                 "never: never seen in cache pages (the model knows 30 keys)");
  const auto json = predict({"never", "--json"});
  BOOST_TEST(json.status == exit_failure);
  BOOST_TEST(nlohmann::json::parse(json.out)["unknown"][0] == "never");
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_asked_is_told_in_a_line_and_nothing_is_made, learned_world) {
  const auto ask = [](const std::vector<std::string>& more) {
    auto arguments = more;
    arguments.insert(arguments.begin(), "predict");
    return run_command(add_predict_command, arguments);
  };
  check_rejected(ask({"--cache", "other", "--history", history, "a"}), exit_failure,
                 "holds no model of a cache \"other\"");
  check_rejected(ask({"--cache", "pages", "--history", folder / "none", "a"}), exit_failure,
                 "there is no history in");
  BOOST_TEST(!std::filesystem::exists(folder / "none"));
  check_rejected(ask({"--cache", "pages"}), exit_usage, "KEY is required");
  check_rejected(ask({"a"}), exit_usage, "--cache is required");
  check_rejected(ask({"--cache", "pages", "--confidence", "2", "a"}), exit_usage, "--confidence");
  stoker::engine running({.history_folder = history});
  check_rejected(predict({page(1)}), exit_failure, history);
}

BOOST_AUTO_TEST_CASE(the_help_shows_examples) {
  for (const auto& [add, name] :
       {std::pair<add_command, std::string>{add_predict_command, "predict"}, {add_learn_command, "learn"}}) {
    const auto help = run_command(add, {name, "--help"});
    BOOST_TEST(help.status == exit_ok);
    BOOST_TEST(help.out.find("Examples:\n  stoker " + name) != std::string::npos);
    BOOST_TEST(help.out.find("Exit codes:") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
