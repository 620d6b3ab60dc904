// Interviews a built-in strategy without any actor: what it asks is answered by the test's own functions, and
// written down.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "actors/warming/strategy_registry.hpp"
#include "messages/error.hpp"

namespace stoker::test {

using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::hours{24 * 20000 + 12}};

inline ranked_key used(const std::string& key, double rate_per_hour, duration ago = 1min) {
  ranked_key result;
  result.key = key;
  result.score = result.rate_per_hour = rate_per_hour;
  result.last_access = noon - ago;
  result.bytes = 100;
  result.cost_us = 2000;
  result.count = 10;
  return result;
}

inline key_statistics known(const std::string& key, std::uint64_t count,
                            std::vector<std::pair<std::string, std::uint32_t>> co_accessed = {}) {
  key_statistics result;
  result.key = key;
  result.count = count;
  result.bytes = 100;
  result.cost_us = 2000;
  result.co_accessed = std::move(co_accessed);
  return result;
}

struct interviewer {
  // What the strategy is told.
  std::function<ranked_keys(const top_request&)> top = [](const top_request&) { return ranked_keys{}; };
  std::function<ranked_keys(const subject_request&)> subject = [](const subject_request&) {
    return ranked_keys{};
  };
  std::function<key_statistics(const std::string&)> key = [](const std::string& name) {
    return known(name, 0);
  };
  std::vector<prediction> predicted;
  std::vector<cache_entry_info> entries;
  std::vector<task_entry> tasks;
  time_point visited{};
  std::shared_ptr<const hot_set> loaded_hot_set{};
  // The run that asks.
  time_point now = noon;
  duration ttl{};
  std::uint32_t limit = 0;
  // What it asked.
  std::vector<top_request> asked_top;
  std::vector<subject_request> asked_subject;
  std::vector<predict_request> asked_predictor;

  strategy_proposal ask(const std::string& name, std::vector<strategy_parameter_value> parameters = {}) {
    warm_request request;
    request.cache = "pages";
    request.strategies = {name};
    request.parameters = std::move(parameters);
    request.now = now;
    request.limit = limit;
    const strategy_registry registry;
    const auto chosen = choose_strategies(registry, request, {}, ttl).at(0);
    const auto& source = std::get<asking_strategy>(chosen.source->source);
    std::vector<strategy_finding> found;
    for (std::size_t round = 0;; ++round) {
      const auto questions = source.ask(chosen.context, found);
      if (questions.empty()) return source.propose(chosen.context, found);
      BOOST_REQUIRE_LT(round, asking_strategy::max_rounds);
      for (const auto& question : questions)
        found.push_back(std::visit([this](const auto& each) { return answer(each); }, question));
    }
  }

 private:
  strategy_finding answer(const top_request& question) {
    asked_top.push_back(question);
    auto all = top(question);
    if (all.keys.size() > question.limit) all.keys.resize(question.limit);
    return all;
  }
  strategy_finding answer(const subject_request& question) {
    asked_subject.push_back(question);
    return subject(question);
  }
  strategy_finding answer(const keys_question& question) {
    std::vector<key_statistics> all;
    for (const auto& name : question.keys) all.push_back(key(name));
    return all;
  }
  strategy_finding answer(const predict_request& question) {
    asked_predictor.push_back(question);
    return predictions{predicted};
  }
  strategy_finding answer(const entries_question&) { return entries; }
  strategy_finding answer(const tasks_question&) { return tasks; }
  strategy_finding answer(const visit_question&) { return visit{visited}; }
  strategy_finding answer(const hot_set_question&) { return loaded_hot_set; }
};

inline std::vector<std::string> keys_of(const strategy_proposal& proposed) {
  std::vector<std::string> keys;
  for (const auto& each : proposed.candidates) keys.push_back(each.key);
  return keys;
}

inline double probability_of(const strategy_proposal& proposed, const std::string& key) {
  for (const auto& each : proposed.candidates)
    if (each.key == key) return each.probability;
  return -1;
}

}  // namespace stoker::test
