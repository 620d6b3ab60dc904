// What is asked about a run before and after it: could it work, what came of it, undo it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/warming.hpp"

namespace stoker {

// Asks for a report by its number, as it stands now; 0: of the latest run.
struct report_request {
  std::string cache{};
  std::uint64_t run = 0;
};

// Removes what a run put into the cache and nobody used or changed since; 0: of the latest run.
struct rollback_run {
  std::string cache{};
  std::uint64_t run = 0;
};

struct rollback_report {
  std::string cache{};
  std::uint64_t run = 0;
  std::uint64_t removed = 0;
  std::uint64_t kept = 0;     // used, changed, put there again by a later run, or gone by themselves
  std::uint64_t bytes = 0;    // freed in the cache; 0: not known
  std::uint64_t unknown = 0;  // of a cache outside: it did not answer
  std::string trouble{};      // why not; empty: nothing went wrong
};

// Asks whether a run could work now.
struct environment_request {
  warm_request what{};
  std::string
      probe_key{};  // loaded, and kept, to see whether the origin answers; empty: its breaker is asked
};

struct environment_check {
  std::string name{};  // "strategies", "idle", "memory", "room", "origin", "history"
  bool passed = false;
  std::string detail{};
};

struct environment_report {
  std::string cache{};
  std::vector<environment_check> checks{};

  bool ready() const;
};

template <class Inspector>
auto inspect(Inspector& f, report_request& x) {
  return f(x.cache, x.run);
}

template <class Inspector>
auto inspect(Inspector& f, rollback_run& x) {
  return f(x.cache, x.run);
}

template <class Inspector>
auto inspect(Inspector& f, rollback_report& x) {
  return f(x.cache, x.run, x.removed, x.kept, x.bytes, x.unknown, x.trouble);
}

template <class Inspector>
auto inspect(Inspector& f, environment_request& x) {
  return f(x.what, x.probe_key);
}

template <class Inspector>
auto inspect(Inspector& f, environment_check& x) {
  return f(x.name, x.passed, x.detail);
}

template <class Inspector>
auto inspect(Inspector& f, environment_report& x) {
  return f(x.cache, x.checks);
}

}  // namespace stoker
