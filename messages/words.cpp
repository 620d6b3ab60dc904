// The words of enumerations, as people, JSON and metrics see them.
#include "messages/history.hpp"
#include "messages/loading.hpp"
#include "messages/status.hpp"
#include "messages/tally.hpp"
#include "messages/warming.hpp"

namespace stoker {

const char* to_string(item_reason reason) noexcept {
  switch (reason) {
    case item_reason::none:
      return "none";
    case item_reason::absent:
      return "absent";
    case item_reason::refused:
      return "refused";
    case item_reason::failed:
      return "failed";
    case item_reason::timed_out:
      return "timed_out";
    case item_reason::throttled:
      return "throttled";
    case item_reason::shed:
      return "shed";
    case item_reason::fenced:
      return "fenced";
    case item_reason::over_budget:
      return "over_budget";
    case item_reason::dependency:
      return "dependency";
    case item_reason::duplicate:
      return "duplicate";
    case item_reason::cancelled:
      return "cancelled";
    case item_reason::pressure:
      return "pressure";
    case item_reason::deadline:
      return "deadline";
  }
  return "unknown";
}

const char* to_string(item_outcome outcome) noexcept {
  switch (outcome) {
    case item_outcome::warmed:
      return "warmed";
    case item_outcome::already_fresh:
      return "already_fresh";
    case item_outcome::failed:
      return "failed";
    case item_outcome::dropped:
      return "dropped";
    case item_outcome::cancelled:
      return "cancelled";
  }
  return "unknown";
}

const char* to_string(run_outcome outcome) noexcept {
  switch (outcome) {
    case run_outcome::completed:
      return "completed";
    case run_outcome::cancelled:
      return "cancelled";
    case run_outcome::stopped_by_pressure:
      return "stopped_by_pressure";
    case run_outcome::deadline_passed:
      return "deadline_passed";
    case run_outcome::failed:
      return "failed";
  }
  return "unknown";
}

const char* to_string(breaker_state state) noexcept {
  switch (state) {
    case breaker_state::closed:
      return "closed";
    case breaker_state::open:
      return "open";
    case breaker_state::half_open:
      return "half_open";
  }
  return "unknown";
}

const char* to_string(actor_condition condition) noexcept {
  switch (condition) {
    case actor_condition::running:
      return "running";
    case actor_condition::restarting:
      return "restarting";
    case actor_condition::stopped:
      return "stopped";
  }
  return "unknown";
}

const char* to_string(history_state state) noexcept {
  switch (state) {
    case history_state::opened:
      return "opened";
    case history_state::created:
      return "created";
    case history_state::set_aside:
      return "set_aside";
    case history_state::in_memory:
      return "in_memory";
  }
  return "unknown";
}

}  // namespace stoker
