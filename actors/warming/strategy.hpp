// A strategy: a named source of candidates for a cache, with a description and typed parameters.
//
// There are three kinds. An asking strategy puts questions to those who know (questions.hpp) and turns what
// it finds into candidates; both steps are pure, and run in the warmer. A host strategy proposes candidates
// by a function of the host's, and an action warms by itself: both may block or throw, so they run on a
// thread of their own, never in a scheduled actor (see host_call_actor.hpp).
//
// Ownership: a strategy is never changed once registered, and shared by runs that use it. Threads: the
// functions of one strategy may be called from several threads at once.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "actors/warming/parameters.hpp"
#include "actors/warming/questions.hpp"
#include "messages/warming.hpp"

namespace stoker {

// What a strategy is given when it is asked.
struct strategy_context {
  std::string cache;
  strategy_parameters parameters;  // everything it declared: as given, or by default
  std::uint32_t limit = 0;         // items that the run wants at most; 0: as many as fit
  time_point now{};
  duration ttl{};  // of the cache's entries, where a load names none; 0: no expiry
};

struct strategy_proposal {
  std::vector<candidate> candidates;
  std::string note;  // in words, where there is something to say: why nothing is proposed
};

struct asking_strategy {
  // What to ask next, given what was found so far, in the order it was asked for; empty: it knows enough.
  // REQUIRES: it knows enough after max_rounds at the latest.
  std::function<std::vector<strategy_question>(const strategy_context&, const std::vector<strategy_finding>&)>
      ask;
  // Given one finding for each question that was asked, of the kind that the question has.
  std::function<strategy_proposal(const strategy_context&, const std::vector<strategy_finding>&)> propose;

  static constexpr std::size_t max_rounds = 4;  // each waits for answers of other actors
};

struct host_strategy {
  std::function<std::vector<candidate>(const strategy_context&)> propose;
};

// Returns success.
struct host_action {
  std::function<bool(const strategy_context&)> run;
};

struct strategy {
  std::string cache;  // whose it is; empty: every cache's
  std::string name;   // letters, digits, '_', '-' and '.'
  std::string description;
  std::vector<parameter_declaration> parameters;
  std::variant<asking_strategy, host_strategy, host_action> source;

  bool warms_by_itself() const noexcept { return std::holds_alternative<host_action>(source); }
};

// As `list` shows it.
strategy_description describe(const strategy& described);

// Throws stoker::error: a name that is none, parameters declared twice, defaults that do not parse, a missing
// function.
void validate(const strategy& checked);

}  // namespace stoker
