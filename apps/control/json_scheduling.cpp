#include "apps/control/json_scheduling.hpp"

#include "apps/control/words.hpp"
#include "messages/scheduling.hpp"

namespace stoker {

using namespace control;

json to_json(const schedule_state& x) {
  return {{"id", x.id},
          {"cache", x.cache},
          {"interval_s", seconds(x.interval)},
          {"last_run", instant(x.last_run)},
          {"next_run", instant(x.next_run)},
          {"succeeded", x.succeeded},
          {"result", x.result},
          {"runs", x.runs},
          {"in_progress", x.in_progress},
          {"kind", word(x.kind)},
          {"task", word(x.task)},
          {"why", x.why},
          {"failures", x.failures},
          {"last_error", x.last_error},
          {"took_s", seconds(x.took)},
          {"last_due", instant(x.last_due)},
          {"given_interval_s", seconds(x.given_interval)},
          {"accesses_per_minute", known(x.accesses_per_minute)},
          {"deferrals", x.deferrals},
          {"run", x.run},
          {"hit_ratio_before", known(x.hit_ratio_before)},
          {"hit_ratio_after", known(x.hit_ratio_after)},
          {"used_share", known(x.used_share)}};
}

json to_json(const scheduler_status& x) {
  return {{"running", x.running},
          {"cycles", x.cycles},
          {"schedules", list(x.schedules)},
          {"machine_load", x.machine_load},
          {"mailbox", x.mailbox}};
}

json to_json(const schedule_change& x) {
  json into;
  put_key(into, "key", x.key);
  into.update(json{{"id", x.id},
                   {"cache", x.cache},
                   {"accesses_per_minute", x.accesses_per_minute},
                   {"before_s", seconds(x.before)},
                   {"after_s", seconds(x.after)},
                   {"applied", x.applied}});
  return into;
}

json to_json(const schedule_changes& x) {
  return {{"changes", list(x.changes)}};
}

}  // namespace stoker
