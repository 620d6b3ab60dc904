// Planning: which candidates are worth warming, in which order, within which bounds. Pure.
//
// A candidate's score is probability x miss cost / bytes; scores compare within a priority class (100, 50, 10
// and over, and below 10), and a higher class goes first. Candidates are taken in that order as long as they
// fit the bytes and the number of items. Duplicates are merged: the likeliest proposal stays, credited to all
// strategies that made it
// ("popular+recent"), and each other one is left out as a duplicate under its own name. What a candidate
// depends on is raised to the candidate's priority, probability and score, so that it is taken and warmed
// before; a candidate is left out with what it depends on when that finds no room. Dependencies that form a
// cycle are cut where the cycle is entered. Dependencies that nobody proposed, or that were left out for
// other reasons than room, order nothing. A candidate that is held out is one that would have been selected:
// it takes no room, and stands for what its neighbours in the order would have come to unwarmed.
//
// Time: O(n log n); a million candidates take less than a second.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "messages/warming.hpp"

namespace stoker {

// What an entry of the memory cache takes beside its key and value, measured over values of 40 bytes to 60
// KiB: its place in the tables, what the eviction policy remembers, and the allocator's rounding.
inline constexpr std::uint32_t entry_overhead_bytes = 152;

struct plan_context {
  std::string cache;
  time_point now{};
  std::uint64_t budget_bytes = 0;
  std::uint64_t limit = 0;  // items at most; 0: as many as fit the budget
  double floor = 0;         // candidates less likely than this are left out, critical ones excepted
  std::uint32_t unknown_bytes = 1024;                   // of a value whose size is not known
  std::uint32_t unknown_cost_us = 1000;                 // of a miss whose cost is not known
  std::uint32_t overhead_bytes = entry_overhead_bytes;  // that an entry takes beside its key and value
  // Each may be empty: then nothing is.
  std::function<bool(const std::string&)> fresh;     // in the cache already
  std::function<bool(const std::string&)> held_out;  // in the control group; critical candidates are exempt
  std::function<bool(const std::string&)> excluded;  // by a rule on keys
  std::function<bool(const candidate&)> exempt;      // from being held out or throttled
  std::function<bool(const candidate&)>
      throttled;                // its strategies bring nothing, and it is not in the trickle
  std::uint32_t workers = 1;    // loads at once, for the expected time
  duration phase_delay{};       // between phases, likewise
  bool top_class_only = false;  // of the priority classes that are proposed
  std::int32_t least_priority = std::numeric_limits<std::int32_t>::min();  // lower ones are left out
  std::uint32_t most_levels = std::numeric_limits<std::uint32_t>::max();   // of what depends on what
};

// What a candidate will take in the cache.
std::uint64_t estimated_bytes(const candidate& item, const plan_context& context);

// The strategies that a merged candidate is credited to.
std::vector<std::string> credited_strategies(const candidate& item);

// 3: critical, 2: important, 1: nice to have, 0: background.
int priority_class(std::int32_t priority) noexcept;

// Planned items carry the bytes that were reckoned with where their own were not known.
// INVARIANT of the result: every candidate is in exactly one phase or left out once, with its reason;
// planned_bytes is the sum of estimated_bytes() over the phases, and at most budget_bytes; phases go from
// higher classes to lower, and within a class from what others depend on to what depends on it.
warm_plan make_plan(std::vector<candidate> candidates, const plan_context& context);

}  // namespace stoker
