#include "actors/warming/strategies/by_subject.hpp"

#include <fmt/format.h>

#include "actors/warming/strategies/building_blocks.hpp"

namespace stoker {

namespace {

// Whoever asks for a user's keys waits for them: an important phase, not a critical one.
constexpr std::int32_t subject_priority = important_priority;

bool warmed_lately(const strategy_context& context, const strategy_finding& found) {
  const auto last = std::get<visit>(found).last;
  return !context.parameters.flag("force") && last != time_point{} &&
         context.now - last < context.parameters.span("again_after");
}

std::vector<strategy_question> ask_subject(const strategy_context& context,
                                           const std::vector<strategy_finding>& found) {
  const auto& subject = context.parameters.text("subject");
  if (found.empty()) return {visit_question{subject}};
  if (found.size() > 1 || warmed_lately(context, found[0])) return {};
  subject_request request;
  request.subject = subject;
  request.kinds = context.parameters.list("kinds");
  request.without = context.parameters.list("without");
  request.limit = limit_of(context);
  return {std::move(request)};
}

std::string skipped(const strategy_context& context, const strategy_finding& found) {
  const auto ago =
      std::chrono::duration_cast<std::chrono::seconds>(context.now - std::get<visit>(found).last);
  return fmt::format("skipped: the keys of this subject were warmed {} s ago; force=true warms them again",
                     ago.count());
}

strategy_proposal propose_subject(const strategy_context& context,
                                  const std::vector<strategy_finding>& found) {
  if (found.size() < 2) return {{}, skipped(context, found.at(0))};
  strategy_proposal result;
  const auto& keys = std::get<ranked_keys>(found[1]).keys;
  for (std::size_t rank = 0; rank < keys.size(); ++rank) {
    result.candidates.push_back(propose_key(keys[rank], probability_by_recency(rank)));
    result.candidates.back().priority = subject_priority;
  }
  if (keys.empty()) result.note = "no recent keys of this subject are known";
  return result;
}

strategy subject() {
  parameter_declaration whose{"subject", parameter_type::text, "", "the user, session or tenant"};
  whose.required = true;
  return {{},
          "subject",
          "the recent keys of one user or session",
          {whose,
           {"kinds", parameter_type::list, "", "only these kinds of key; empty: all"},
           {"without", parameter_type::list, "", "kinds of key that are left out"},
           {"again_after", parameter_type::span, "5m", "within this time after a run it is skipped", 0,
            24 * 3600.0},
           {"force", parameter_type::flag, "false", "warm again, however recently it was done"},
           limit_parameter("50")},
          asking_strategy{ask_subject, propose_subject}};
}

}  // namespace

std::vector<strategy> strategies_by_subject() {
  return {subject()};
}

}  // namespace stoker
