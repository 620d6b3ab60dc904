// Gathering: the first step of a run or plan. Asks every chosen strategy for its candidates, all at once: the
// asking ones by an interview, the host's functions on threads of their own. Actions are carried out here
// too, for they do all they do by themselves.
//
// One strategy that fails does not fail its neighbours: its error is noted, and the others' candidates go on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/warming/host_call_actor.hpp"
#include "actors/warming/proposals.hpp"
#include "actors/warming/snapshot_shelf.hpp"
#include "actors/warming/strategy_registry.hpp"
#include "actors/warming/visit_book.hpp"
#include "messages/directory.hpp"

namespace stoker {

struct gathering_settings {
  std::shared_ptr<directory> peers;
  duration question_timeout{};  // of trackers
  duration host_timeout{};      // of the host's functions
  task_runner run_host;
  // What the cache itself can tell; each may be empty.
  std::shared_ptr<task_book> tasks{};
  std::shared_ptr<visit_book> visits{};
  std::function<std::vector<cache_entry_info>()> list_entries{};  // may take its time
  std::uint32_t depth = dependency_depth;       // of dependencies, for strategies that can't be told
  std::shared_ptr<snapshot_shelf> snapshots{};  // may be empty
};

// Calls done(answers) once, in the order of `chosen`, when all have answered, failed or run out of time; at
// once when nothing is chosen.
void gather_candidates(warmer_actor::pointer self, const gathering_settings& settings,
                       const std::vector<chosen_strategy>& chosen,
                       std::function<void(std::vector<strategy_answer>)> done);

}  // namespace stoker
