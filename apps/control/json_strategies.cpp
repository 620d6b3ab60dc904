#include "apps/control/json_strategies.hpp"

#include "apps/control/json_warming.hpp"
#include "apps/control/words.hpp"
#include "messages/proof.hpp"
#include "messages/tally.hpp"
#include "messages/warming.hpp"

namespace stoker {

using namespace control;

json to_json(const strategy_parameter& x) {
  return {
      {"name", x.name}, {"type", x.type}, {"default_text", x.default_text}, {"description", x.description}};
}

json to_json(const strategy_description& x) {
  return {{"cache", x.cache},
          {"name", x.name},
          {"description", x.description},
          {"parameters", list(x.parameters)},
          {"warms_by_itself", x.warms_by_itself}};
}

json to_json(const strategy_proof& x) {
  return {{"warmed", x.warmed},
          {"used", x.used},
          {"wasted", x.wasted},
          {"measured", x.measured},
          {"measured_hits", x.measured_hits},
          {"controls", x.controls},
          {"control_hits", x.control_hits},
          {"lift", x.lift},
          {"lift_low", x.lift_low},
          {"lift_high", x.lift_high},
          {"precision", known(x.precision)},
          {"origin_calls", x.origin_calls},
          {"origin_calls_saved", x.origin_calls_saved},
          {"standing", word(x.standing)},
          {"because", x.because}};
}

json to_json(const strategy_run& x) {
  return {{"strategy", x.strategy},   {"last_run", instant(x.last_run)},
          {"succeeded", x.succeeded}, {"error", x.error},
          {"warmed", x.warmed},       {"runs", x.runs},
          {"proof", to_json(x.proof)}};
}

json to_json(const item_count& x) {
  return {{"strategy", x.strategy}, {"result", x.result}, {"reason", x.reason}, {"items", x.items}};
}

json to_json(const run_count& x) {
  return {{"outcome", x.outcome}, {"runs", x.runs}};
}

json to_json(const warmer_status& x) {
  return {{"cache", x.cache},
          {"active_run", x.active_run},
          {"progress", to_json(x.progress)},
          {"runs", x.runs},
          {"strategies", list(x.strategies)},
          {"prefetches_requested", x.prefetches_requested},
          {"prefetches_stored", x.prefetches_stored},
          {"prefetches_dropped", x.prefetches_dropped},
          {"prefetches_failed", x.prefetches_failed},
          {"prefetches_in_flight", x.prefetches_in_flight},
          {"trials_open", x.trials_open},
          {"trials_dropped", x.trials_dropped},
          {"rollbacks", x.rollbacks},
          {"prefetches_queued", x.prefetches_queued},
          {"items", list(x.items)},
          {"ended", list(x.ended)},
          {"warmed_bytes", x.warmed_bytes},
          {"run_time_s", seconds(x.run_time)},
          {"mailbox", x.mailbox}};
}

}  // namespace stoker
