// What clients ask for, read from the bodies of their requests. Pure.
//
// Each throws `refused`, with the field and what was expected, for what can't be taken. A cache that is left
// out is an empty name: whoever knows the caches fills it in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/control/fields.hpp"
#include "messages/track_codec.hpp"
#include "messages/warming.hpp"
#include "stoker/engine.hpp"

namespace stoker::control {

// How long the client waits for the end of what it starts.
struct patience {
  bool wait = true;
  std::optional<duration> at_most{};  // empty: as long as the server lets it
};

struct warm_order {
  warm_request request{};
  std::string plan{};  // not empty: that of this id is run instead
  patience waits{};
};

struct plan_order {
  warm_request request{};
  bool save = false;
};

struct validate_order {
  warm_request request{};
  std::string probe_key{};
};

struct together_order {
  warm_together_options options{};
  patience waits{};
};

struct user_order {
  std::string id{};
  warm_user_options options{};
  patience waits{};
};

struct critical_order {
  std::string cache{};
  patience waits{};
};

// Of rollback and report: which run of which cache.
struct run_order {
  std::string cache{};
  std::uint64_t run = 0;
};

struct invalidate_order {
  std::string cache{};
  std::vector<std::string> keys{};
  std::vector<std::string> tags{};
};

struct snapshot_order {
  bool save = false;  // or load
  std::string cache{};
  std::string path{};  // empty: the engine's own
  std::uint32_t keys = usual_snapshot_keys;
};

warm_order warm_of(const parsed& body);
plan_order plan_of(const parsed& body);
validate_order validate_of(const parsed& body);
together_order together_of(const parsed& body);
user_order user_of(const parsed& body);
critical_order critical_of(const parsed& body);
run_order run_of(const parsed& body);
invalidate_order invalidate_of(const parsed& body);
std::string cache_of(const parsed& body);     // {cache}
std::string schedule_of(const parsed& body);  // {id}
duration patience_of(const parsed& body);     // {patience_s}
bool apply_of(const parsed& body);            // {apply}
void nothing_of(const parsed& body);          // {}
snapshot_order snapshot_of(const parsed& body);
std::vector<tracked_access> accesses_of(const parsed& body);
// In requests_schedules.cpp.
start_options start_of(const parsed& body);

}  // namespace stoker::control
