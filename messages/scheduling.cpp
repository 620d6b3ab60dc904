#include "messages/scheduling.hpp"

namespace stoker {

const char* to_string(schedule_kind kind) noexcept {
  switch (kind) {
    case schedule_kind::interval:
      return "interval";
    case schedule_kind::adaptive:
      return "adaptive";
    case schedule_kind::times:
      return "times";
    case schedule_kind::event:
      return "event";
    case schedule_kind::peaks:
      return "peaks";
  }
  return "?";
}

const char* to_string(schedule_event event) noexcept {
  switch (event) {
    case schedule_event::engine_started:
      return "engine_started";
    case schedule_event::cache_emptied:
      return "cache_emptied";
    case schedule_event::tags_invalidated:
      return "tags_invalidated";
    case schedule_event::ttl_nearly_out:
      return "ttl_nearly_out";
    case schedule_event::pressure_eased:
      return "pressure_eased";
  }
  return "?";
}

}  // namespace stoker
