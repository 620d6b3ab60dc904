// What strategies came to when they were asked, and what a run makes of their answers together. Pure.
#pragma once

#include <string>
#include <vector>

#include "actors/warming/dependency_graph.hpp"
#include "actors/warming/plan.hpp"
#include "messages/warming.hpp"

namespace stoker {

// What one strategy came to.
struct strategy_answer {
  std::string strategy;
  std::vector<candidate> candidates;
  bool warmed_by_itself = false;           // an action
  std::string error;                       // empty: it succeeded
  std::string note;                        // what it has to say beside its candidates
  std::string subject;                     // whose keys these are, if they are a subject's
  std::uint32_t depth = dependency_depth;  // how far their dependencies are to be followed
};

// All candidates with what they depend on, at most `most_depth` levels away, in the order of the answers,
// which keep none; `graph` may be null.
std::vector<candidate> take_candidates(std::vector<strategy_answer>& answers, const dependency_graph* graph,
                                       std::uint32_t most_depth = max_dependency_depth);

// There are strategies, and not one of them came to anything.
bool all_failed(const std::vector<strategy_answer>& answers);

// The errors in one text, each with its strategy; empty when there are none.
std::string errors_of(const std::vector<strategy_answer>& answers);

// What strategies have to say, each with its name.
std::vector<std::string> notes_of(const std::vector<strategy_answer>& answers);

// The subjects whose keys a run has warmed, or found warm.
std::vector<std::string> subjects_of(const std::vector<strategy_answer>& answers, const warm_report& report);

// What the candidates that are not fresh would take in the cache, should none of them be left out.
std::uint64_t wanted_bytes(const std::vector<candidate>& candidates, const plan_context& context);
std::uint64_t wanted_bytes(const warm_plan& plan, const plan_context& context);

// Candidates that the plan left out for this reason.
std::uint64_t count_left_out(const warm_plan& plan, left_out_reason reason);

// Strategies that the items of a plan are credited to, each once.
std::vector<std::string> strategies_of(const warm_plan& plan);

// An action counts as one item of the run, which became warm or failed.
void add_actions(warm_report& report, const std::vector<strategy_answer>& answers);

}  // namespace stoker
