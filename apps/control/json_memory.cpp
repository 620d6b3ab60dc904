#include "apps/control/json_memory.hpp"

#include "apps/control/words.hpp"
#include "messages/memory.hpp"

namespace stoker {

using namespace control;

json to_json(const memory_reading& x) {
  return {{"limit_bytes", x.limit_bytes},
          {"used_bytes", x.used_bytes},
          {"available_bytes", x.available_bytes},
          {"process_bytes", x.process_bytes},
          {"stall_share", x.stall_share}};
}

json to_json(const memory_report& x) {
  return {{"at", instant(x.at)},
          {"level", word(x.level)},
          {"used_share", x.used_share},
          {"reading", to_json(x.reading)},
          {"mailbox", x.mailbox}};
}

json to_json(const arbiter_status& x) {
  return {{"budget_bytes", x.budget_bytes},
          {"leased_bytes", x.leased_bytes},
          {"leases", x.leases},
          {"granted", x.granted},
          {"refused", x.refused},
          {"level", word(x.level)},
          {"adaptive_share", x.adaptive_share},
          {"mailbox", x.mailbox}};
}

json to_json(const memory_event& x) {
  return {{"at", instant(x.at)}, {"kind", word(x.kind)}, {"level", word(x.level)},
          {"cache", x.cache},    {"bytes", x.bytes},     {"detail", x.detail}};
}

json to_json(const memory_events& x) {
  return {{"latest", list(x.latest)}, {"recorded", x.recorded}};
}

}  // namespace stoker
