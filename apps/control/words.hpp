// The words of closed sets: each enumerator has its own name. Pure.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "messages/access.hpp"
#include "messages/history.hpp"
#include "messages/loading.hpp"
#include "messages/memory.hpp"
#include "messages/proof.hpp"
#include "messages/scheduling.hpp"
#include "messages/statistics.hpp"
#include "messages/status.hpp"
#include "messages/warming.hpp"

namespace stoker::control {

// All words of a set with their enumerators.
template <class Enum>
struct words;

template <>
struct words<access_outcome> {
  static constexpr std::array table{std::pair{access_outcome::miss, std::string_view{"miss"}},
                                    std::pair{access_outcome::hit, std::string_view{"hit"}},
                                    std::pair{access_outcome::first_use, std::string_view{"first_use"}},
                                    std::pair{access_outcome::late, std::string_view{"late"}}};
};

template <>
struct words<actor_condition> {
  static constexpr std::array table{std::pair{actor_condition::running, std::string_view{"running"}},
                                    std::pair{actor_condition::restarting, std::string_view{"restarting"}},
                                    std::pair{actor_condition::stopped, std::string_view{"stopped"}}};
};

template <>
struct words<breaker_state> {
  static constexpr std::array table{std::pair{breaker_state::closed, std::string_view{"closed"}},
                                    std::pair{breaker_state::open, std::string_view{"open"}},
                                    std::pair{breaker_state::half_open, std::string_view{"half_open"}}};
};

template <>
struct words<history_state> {
  static constexpr std::array table{std::pair{history_state::opened, std::string_view{"opened"}},
                                    std::pair{history_state::created, std::string_view{"created"}},
                                    std::pair{history_state::set_aside, std::string_view{"set_aside"}},
                                    std::pair{history_state::in_memory, std::string_view{"in_memory"}}};
};

template <>
struct words<item_outcome> {
  static constexpr std::array table{std::pair{item_outcome::warmed, std::string_view{"warmed"}},
                                    std::pair{item_outcome::already_fresh, std::string_view{"already_fresh"}},
                                    std::pair{item_outcome::failed, std::string_view{"failed"}},
                                    std::pair{item_outcome::dropped, std::string_view{"dropped"}},
                                    std::pair{item_outcome::cancelled, std::string_view{"cancelled"}}};
};

template <>
struct words<left_out_reason> {
  static constexpr std::array table{std::pair{left_out_reason::none, std::string_view{"none"}},
                                    std::pair{left_out_reason::fresh, std::string_view{"fresh"}},
                                    std::pair{left_out_reason::over_budget, std::string_view{"over_budget"}},
                                    std::pair{left_out_reason::over_limit, std::string_view{"over_limit"}},
                                    std::pair{left_out_reason::below_floor, std::string_view{"below_floor"}},
                                    std::pair{left_out_reason::held_out, std::string_view{"held_out"}},
                                    std::pair{left_out_reason::key_rule, std::string_view{"key_rule"}},
                                    std::pair{left_out_reason::duplicate, std::string_view{"duplicate"}},
                                    std::pair{left_out_reason::throttled, std::string_view{"throttled"}},
                                    std::pair{left_out_reason::low_class, std::string_view{"low_class"}},
                                    std::pair{left_out_reason::too_deep, std::string_view{"too_deep"}}};
};

template <>
struct words<memory_event_kind> {
  static constexpr std::array table{
      std::pair{memory_event_kind::level_changed, std::string_view{"level_changed"}},
      std::pair{memory_event_kind::run_stopped, std::string_view{"run_stopped"}},
      std::pair{memory_event_kind::rolled_back, std::string_view{"rolled_back"}},
      std::pair{memory_event_kind::trimmed, std::string_view{"trimmed"}}};
};

template <>
struct words<memory_policy> {
  static constexpr std::array table{std::pair{memory_policy::aggressive, std::string_view{"aggressive"}},
                                    std::pair{memory_policy::balanced, std::string_view{"balanced"}},
                                    std::pair{memory_policy::conservative, std::string_view{"conservative"}},
                                    std::pair{memory_policy::adaptive, std::string_view{"adaptive"}},
                                    std::pair{memory_policy::priority, std::string_view{"priority"}}};
};

template <>
struct words<pressure_level> {
  static constexpr std::array table{std::pair{pressure_level::low, std::string_view{"low"}},
                                    std::pair{pressure_level::moderate, std::string_view{"moderate"}},
                                    std::pair{pressure_level::high, std::string_view{"high"}},
                                    std::pair{pressure_level::critical, std::string_view{"critical"}}};
};

template <>
struct words<ranking> {
  static constexpr std::array table{std::pair{ranking::popular, std::string_view{"popular"}},
                                    std::pair{ranking::recent, std::string_view{"recent"}},
                                    std::pair{ranking::trending, std::string_view{"trending"}},
                                    std::pair{ranking::hour_of_day, std::string_view{"hour_of_day"}},
                                    std::pair{ranking::due, std::string_view{"due"}},
                                    std::pair{ranking::attribute, std::string_view{"attribute"}}};
};

template <>
struct words<run_outcome> {
  static constexpr std::array table{
      std::pair{run_outcome::completed, std::string_view{"completed"}},
      std::pair{run_outcome::cancelled, std::string_view{"cancelled"}},
      std::pair{run_outcome::stopped_by_pressure, std::string_view{"stopped_by_pressure"}},
      std::pair{run_outcome::deadline_passed, std::string_view{"deadline_passed"}},
      std::pair{run_outcome::failed, std::string_view{"failed"}}};
};

template <>
struct words<schedule_anchor> {
  static constexpr std::array table{
      std::pair{schedule_anchor::midnight, std::string_view{"midnight"}},
      std::pair{schedule_anchor::session_open, std::string_view{"session_open"}},
      std::pair{schedule_anchor::session_close, std::string_view{"session_close"}}};
};

template <>
struct words<schedule_event> {
  static constexpr std::array table{
      std::pair{schedule_event::engine_started, std::string_view{"engine_started"}},
      std::pair{schedule_event::cache_emptied, std::string_view{"cache_emptied"}},
      std::pair{schedule_event::tags_invalidated, std::string_view{"tags_invalidated"}},
      std::pair{schedule_event::ttl_nearly_out, std::string_view{"ttl_nearly_out"}},
      std::pair{schedule_event::pressure_eased, std::string_view{"pressure_eased"}}};
};

template <>
struct words<schedule_kind> {
  static constexpr std::array table{std::pair{schedule_kind::interval, std::string_view{"interval"}},
                                    std::pair{schedule_kind::adaptive, std::string_view{"adaptive"}},
                                    std::pair{schedule_kind::times, std::string_view{"times"}},
                                    std::pair{schedule_kind::event, std::string_view{"event"}},
                                    std::pair{schedule_kind::peaks, std::string_view{"peaks"}}};
};

template <>
struct words<schedule_target> {
  static constexpr std::array table{
      std::pair{schedule_target::named, std::string_view{"named"}},
      std::pair{schedule_target::lowest_hit_ratio, std::string_view{"lowest_hit_ratio"}},
      std::pair{schedule_target::slowest, std::string_view{"slowest"}}};
};

template <>
struct words<schedule_task> {
  static constexpr std::array table{std::pair{schedule_task::warm, std::string_view{"warm"}},
                                    std::pair{schedule_task::save, std::string_view{"save"}},
                                    std::pair{schedule_task::clean_up, std::string_view{"clean_up"}},
                                    std::pair{schedule_task::snapshot, std::string_view{"snapshot"}}};
};

template <>
struct words<strategy_standing> {
  static constexpr std::array table{std::pair{strategy_standing::unproven, std::string_view{"unproven"}},
                                    std::pair{strategy_standing::proven, std::string_view{"proven"}},
                                    std::pair{strategy_standing::throttled, std::string_view{"throttled"}}};
};

template <class Enum>
constexpr std::string_view word(Enum value) noexcept {
  for (const auto& [each, name] : words<Enum>::table)
    if (each == value) return name;
  return "unknown";
}

}  // namespace stoker::control
