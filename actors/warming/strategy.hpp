// A strategy: a named source of candidates for a cache, with a description and typed parameters.
//
// There are three kinds. A ranked strategy asks the trackers one question and turns the answer into
// candidates; both steps are pure, and run in the warmer. A host strategy proposes candidates by a function
// of the host's, and an action warms by itself: both may block or throw, so they run on a thread of their
// own, never in a scheduled actor (see host_call_actor.hpp).
//
// Ownership: a strategy is never changed once registered, and shared by runs that use it. Threads: the
// functions of one strategy may be called from several threads at once.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "actors/warming/parameters.hpp"
#include "messages/statistics.hpp"
#include "messages/warming.hpp"

namespace stoker {

// What a strategy is given when it is asked.
struct strategy_context {
  std::string cache;
  strategy_parameters parameters;  // everything it declared: as given, or by default
  std::uint32_t limit = 0;         // items that the run wants at most; 0: as many as fit
  time_point now{};
};

struct ranked_strategy {
  std::function<top_request(const strategy_context&)> ask;
  std::function<std::vector<candidate>(const ranked_keys&, const strategy_context&)> propose;
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
  std::variant<ranked_strategy, host_strategy, host_action> source;

  bool warms_by_itself() const noexcept { return std::holds_alternative<host_action>(source); }
};

// As `list` shows it.
strategy_description describe(const strategy& described);

// Throws stoker::error: a name that is none, parameters declared twice, defaults that do not parse, a missing
// function.
void validate(const strategy& checked);

}  // namespace stoker
