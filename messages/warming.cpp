#include "messages/warming.hpp"

#include <algorithm>

#include "messages/run_questions.hpp"

namespace stoker {

namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? -1 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

const char* to_string(left_out_reason reason) noexcept {
  switch (reason) {
    case left_out_reason::none:
      return "none";
    case left_out_reason::fresh:
      return "fresh";
    case left_out_reason::over_budget:
      return "over budget";
    case left_out_reason::over_limit:
      return "over limit";
    case left_out_reason::below_floor:
      return "below floor";
    case left_out_reason::held_out:
      return "held out";
    case left_out_reason::key_rule:
      return "key rule";
    case left_out_reason::duplicate:
      return "duplicate";
    case left_out_reason::throttled:
      return "throttled";
    case left_out_reason::low_class:
      return "low class";
    case left_out_reason::too_deep:
      return "too deep";
  }
  return "unknown";
}

const char* to_string(strategy_standing standing) noexcept {
  switch (standing) {
    case strategy_standing::unproven:
      return "unproven";
    case strategy_standing::proven:
      return "proven";
    case strategy_standing::throttled:
      return "throttled";
  }
  return "unknown";
}

const char* to_string(memory_event_kind kind) noexcept {
  switch (kind) {
    case memory_event_kind::level_changed:
      return "level changed";
    case memory_event_kind::run_stopped:
      return "run stopped";
    case memory_event_kind::rolled_back:
      return "rolled back";
    case memory_event_kind::trimmed:
      return "trimmed";
  }
  return "unknown";
}

double warm_report::accuracy() const {
  return share(used, used + wasted);
}

double warm_report::efficiency() const {
  return used + wasted == 0 ? -1 : share(used, warmed + failed);
}

duration warm_report::average_load() const {
  return loads == 0 ? duration{} : total_load / static_cast<duration::rep>(loads);
}

const char* efficiency_grade(double efficiency) noexcept {
  if (efficiency < 0) return "unknown";
  if (efficiency > excellent_efficiency) return "excellent";
  return efficiency > good_efficiency ? "good" : "poor";
}

bool environment_report::ready() const {
  return std::all_of(checks.begin(), checks.end(), [](const environment_check& each) { return each.passed; });
}

}  // namespace stoker
