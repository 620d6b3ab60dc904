#include "actors/warming/proposals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace stoker {

std::vector<candidate> take_candidates(std::vector<strategy_answer>& answers, const dependency_graph* graph,
                                       std::uint32_t most_depth) {
  std::vector<candidate> all;
  for (auto& answer : answers) {
    if (graph) graph->follow(answer.candidates, std::min(answer.depth, most_depth));
    std::move(answer.candidates.begin(), answer.candidates.end(), std::back_inserter(all));
    answer.candidates = {};
  }
  return all;
}

bool all_failed(const std::vector<strategy_answer>& answers) {
  const auto failed = [](const strategy_answer& answer) {
    return !answer.error.empty() && answer.candidates.empty() && !answer.warmed_by_itself;
  };
  return !answers.empty() && std::all_of(answers.begin(), answers.end(), failed);
}

std::string errors_of(const std::vector<strategy_answer>& answers) {
  std::string text;
  for (const auto& answer : answers)
    if (!answer.error.empty())
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", answer.strategy, answer.error);
  return text;
}

std::vector<std::string> notes_of(const std::vector<strategy_answer>& answers) {
  std::vector<std::string> notes;
  for (const auto& answer : answers)
    if (!answer.note.empty()) notes.push_back(answer.strategy + ": " + answer.note);
  return notes;
}

std::vector<std::string> subjects_of(const std::vector<strategy_answer>& answers, const warm_report& report) {
  std::vector<std::string> subjects;
  const auto in_vain = report.warmed == 0 && report.failed + report.dropped > 0;
  if (report.outcome != run_outcome::completed || in_vain) return subjects;
  for (const auto& answer : answers)
    if (!answer.subject.empty()) subjects.push_back(answer.subject);
  return subjects;
}

std::uint64_t wanted_bytes(const std::vector<candidate>& candidates, const plan_context& context) {
  std::uint64_t bytes = 0;
  for (const auto& item : candidates)
    if (!item.refresh && !(context.fresh && context.fresh(item.key))) bytes += estimated_bytes(item, context);
  return bytes;
}

std::uint64_t wanted_bytes(const warm_plan& plan, const plan_context& context) {
  std::uint64_t bytes = 0;
  for (const auto& phase : plan.phases) bytes += wanted_bytes(phase.items, context);
  return bytes;
}

std::uint64_t count_left_out(const warm_plan& plan, left_out_reason reason) {
  return static_cast<std::uint64_t>(
      std::count_if(plan.left_out.begin(), plan.left_out.end(),
                    [reason](const left_out_candidate& each) { return each.reason == reason; }));
}

std::vector<std::string> strategies_of(const warm_plan& plan) {
  std::vector<std::string> names;
  for (const auto& phase : plan.phases)
    for (const auto& item : phase.items)
      for (auto& name : credited_strategies(item))
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  return names;
}

void add_actions(warm_report& report, const std::vector<strategy_answer>& answers) {
  for (const auto& done : answers) {
    if (!done.warmed_by_itself) continue;
    ++report.selected;
    ++(done.error.empty() ? report.warmed : report.failed);
    if (!done.error.empty())
      report.problems.push_back({done.strategy, item_outcome::failed, done.error, false});
  }
}

}  // namespace stoker
