// Every typed actor interface of Stoker, one sentence a message: reading this file gives the whole message
// flow.
//
//   recorders --> collector --access_batch--> tracker shards --history_write--> historian
//                     \--access_batch--> predictor --prefetch_request--> warmer
//                     \--access_batch--> warmer (what became of what it warmed, and of the control group)
//   warmer --undo_request--> outside cache
//   memory monitor --pressure_event--> arbiter, scheduler, warmers
//   cache handles --cache_event--> scheduler
//   scheduler --warm_request--> warmer --load_request--> origin --load_request--> loaders
//   warmer --prefetch_outcomes--> predictor
//   warmer --memory_event--> memory monitor
//
// A request has a finite deadline and an error handler at its sender. "(self)" marks what an actor sends
// itself.
#pragma once

#include <caf/typed_actor.hpp>

#include "messages/type_ids.hpp"

namespace stoker {

// Merges what host threads recorded of one cache, in order, into immutable batches.
using collector_actor = caf::typed_actor<
    // Drain the recorders now: sent by a recorder after a miss, and by whoever needs to see every access so
    // far.
    caf::replies_to<flush_request>::with<flushed>,
    // How much passed through, how much was lost.
    caf::replies_to<status_request>::with<collector_status>,
    // (self) Drain again.
    caf::reacts_to<tick>>;

// Keeps statistics of the keys of one shard, over all caches, and of the subjects that hash to it.
using tracker_actor = caf::typed_actor<
    // Accesses in order; a shard takes those whose keys are its own.
    caf::reacts_to<access_batch>,
    // Tags and attributes of a key.
    caf::reacts_to<key_description>,
    // The first keys by a ranking.
    caf::replies_to<top_request>::with<ranked_keys>,
    // Everything known of a key; count 0 when nothing is.
    caf::replies_to<key_request>::with<key_statistics>,
    // How often a key was accessed in a window, and when it is expected next.
    caf::replies_to<frequency_request>::with<key_frequency>,
    // A subject's recent keys.
    caf::replies_to<subject_request>::with<ranked_keys>,
    // Patterns over all keys of a cache.
    caf::replies_to<patterns_request>::with<access_patterns>,
    // Drop what was learned of a cache.
    caf::replies_to<forget_request>::with<flushed>,
    // Hand all changes to the historian; answered when it has acknowledged them.
    caf::replies_to<flush_request>::with<flushed>,
    // Sizes, losses, memory.
    caf::replies_to<status_request>::with<tracker_status>,
    // (self) Hand changes to the historian, age out.
    caf::reacts_to<tick>>;

// Owns the store: writes behind, in batches, within the loss window.
using historian_actor = caf::typed_actor<
    // Keep these records; acknowledged when they are durable.
    caf::replies_to<history_write>::with<history_receipt>,
    // A page of records.
    caf::replies_to<history_page_request>::with<history_page>,
    // Keep a document; acknowledged when it is durable.
    caf::replies_to<document>::with<history_receipt>,
    // A document; its bytes are empty when there is none.
    caf::replies_to<document_request>::with<document>,
    // Drop a cache's records.
    caf::replies_to<forget_request>::with<flushed>,
    // Make everything received durable, then answer.
    caf::replies_to<flush_history>::with<flushed>,
    // State of the store, losses, errors.
    caf::replies_to<status_request>::with<historian_status>,
    // (self) Write what waits.
    caf::reacts_to<tick>>;

// Learns what follows what in one cache, and proposes what to load next.
using predictor_actor = caf::typed_actor<
    // Accesses in order.
    caf::reacts_to<access_batch>,
    // What became of earlier proposals.
    caf::reacts_to<prefetch_outcomes>,
    // What would be proposed after these keys, and why.
    caf::replies_to<predict_request>::with<predictions>,
    // Save the model; answered when the historian has it.
    caf::replies_to<flush_request>::with<flushed>,
    // Learned, proposed, used, and whether it is silent and why.
    caf::replies_to<status_request>::with<predictor_status>,
    // (self) Save the model when it changed.
    caf::reacts_to<tick>>;

// Reads host, cgroup and process memory and publishes levels with hysteresis.
using memory_monitor_actor = caf::typed_actor<
    // The latest reading and level.
    caf::replies_to<status_request>::with<memory_report>,
    // Something was done for the sake of memory: remember it.
    caf::reacts_to<memory_event>,
    // The latest events.
    caf::replies_to<memory_events_request>::with<memory_events>,
    // (self) Read again.
    caf::reacts_to<tick>>;

// Grants byte leases from the one shared budget.
using arbiter_actor = caf::typed_actor<
    // A share of what may be taken now; less than asked for, or nothing, under pressure.
    caf::replies_to<lease_request>::with<lease>,
    // A run is over.
    caf::reacts_to<lease_return>,
    // The level changed.
    caf::reacts_to<pressure_event>,
    // Budget and leases.
    caf::replies_to<status_request>::with<arbiter_status>,
    // (self) Take back leases whose holders never returned them.
    caf::reacts_to<tick>>;

// Decides when what is warmed.
using scheduler_actor = caf::typed_actor<
    // Start background warming with these entries.
    caf::replies_to<start_schedule>::with<scheduler_status>,
    // Stop it.
    caf::replies_to<stop_schedule>::with<scheduler_status>,
    // Run every entry, or one, once now.
    caf::replies_to<run_schedule_now>::with<scheduler_status>,
    // Fit the intervals to the accesses.
    caf::replies_to<optimize_schedules>::with<schedule_changes>,
    // Something happened that schedules may wait for.
    caf::reacts_to<cache_event>,
    // The level changed: runs are put off while memory is critical; some wait for it to ease.
    caf::reacts_to<pressure_event>,
    // Running or not, last and next run of each entry.
    caf::replies_to<status_request>::with<scheduler_status>,
    // (self) Something may be due.
    caf::reacts_to<tick>>;

// Warms one cache: asks strategies, plans, executes, reports; and fills what the predictor proposes.
using warmer_actor = caf::typed_actor<
    // Run strategies now; answered when the run is over.
    caf::replies_to<warm_request>::with<warm_report>,
    // The same, with a warm_progress now and then to the given actor.
    caf::replies_to<warm_request, caf::strong_actor_ptr>::with<warm_report>,
    // Run a plan that was made before.
    caf::replies_to<warm_plan>::with<warm_report>,
    // What a run would do.
    caf::replies_to<plan_request>::with<warm_plan>,
    // Stop a run.
    caf::replies_to<cancel_run>::with<warmer_status>,
    // The predictor's proposals, best first; dropped and counted when there is no room.
    caf::reacts_to<prefetch_request>,
    // The level changed.
    caf::reacts_to<pressure_event>,
    // Accesses in order: first demands of what was warmed, and of what was held out.
    caf::reacts_to<access_batch>,
    // Undo a run, as far as nobody has used it.
    caf::replies_to<rollback_run>::with<rollback_report>,
    // The report of an earlier run, with what has come of it since.
    caf::replies_to<report_request>::with<warm_report>,
    // Could a run work now?
    caf::replies_to<environment_request>::with<environment_report>,
    // Runs, strategies, prefetches.
    caf::replies_to<status_request>::with<warmer_status>,
    // (self) Next batch or phase, deadline of a run.
    caf::reacts_to<tick>>;

// Guards one origin, however many caches load from it: limits, queue, breaker.
using origin_actor = caf::typed_actor<
    // Load these when the limits allow; answered when each item has its receipt.
    caf::replies_to<load_request>::with<load_receipts>,
    // Demand loads that happened beside it.
    caf::reacts_to<origin_demand>,
    // Its limits changed: they hold from now on, also for what waits.
    caf::reacts_to<origin_limits>,
    // Limits, breaker, counts.
    caf::replies_to<status_request>::with<origin_status>,
    // (self) Tokens came back, or the breaker may try again.
    caf::reacts_to<tick>>;

// Loads and fills, blocking: one of the pool.
using loader_actor = caf::typed_actor<
    // Load each item and put it into the cache.
    caf::replies_to<load_request>::with<load_receipts>>;

// Speaks with a cache outside of the process, so that nobody else waits for its server.
using outside_cache_actor = caf::typed_actor<
    // Undo fills; answered when the server has answered, or did not in time.
    caf::replies_to<undo_request>::with<undo_result>,
    // As it was found last.
    caf::replies_to<status_request>::with<outside_status>,
    // (self) Look again.
    caf::reacts_to<tick>>;

// Stands for one call of a host's function that runs on a thread outside of the actor system.
using host_call_actor = caf::typed_actor<
    // Start it; answered when the function has returned or thrown.
    caf::replies_to<flush_request>::with<flushed>,
    // (self, from the function's thread) It returned.
    caf::reacts_to<tick>>;

// Supervises all of the above. Hosts that run CAF may send it what the library's functions do.
using engine_actor = caf::typed_actor<
    // A cache was added to the registry under this name: start its actors.
    caf::replies_to<cache_added>::with<flushed>,
    // Run strategies now; beside the cache's run that may be under way, when the request says so.
    caf::replies_to<warm_request>::with<warm_report>,
    // The same, with progress to the given actor.
    caf::replies_to<warm_request, caf::strong_actor_ptr>::with<warm_report>,
    // Run a plan that was made before.
    caf::replies_to<warm_plan>::with<warm_report>,
    // What a run would do.
    caf::replies_to<plan_request>::with<warm_plan>,
    // Stop a run of the cache.
    caf::replies_to<cancel_run, std::string>::with<warmer_status>,
    // Undo a run, as far as nobody has used it.
    caf::replies_to<rollback_run>::with<rollback_report>,
    // The report of an earlier run, with what has come of it since.
    caf::replies_to<report_request>::with<warm_report>,
    // Could a run work now?
    caf::replies_to<environment_request>::with<environment_report>,
    // What happened to memory lately.
    caf::replies_to<memory_events_request>::with<memory_events>,
    // The first keys by a ranking, over all shards.
    caf::replies_to<top_request>::with<ranked_keys>,
    // Everything known of a key.
    caf::replies_to<key_request>::with<key_statistics>,
    // How often a key was accessed, and when it is expected next.
    caf::replies_to<frequency_request>::with<key_frequency>,
    // Patterns over all keys of a cache.
    caf::replies_to<patterns_request>::with<access_patterns>,
    // What would be prefetched after these keys.
    caf::replies_to<predict_request>::with<predictions>,
    // Tags and attributes of a key.
    caf::reacts_to<key_description>,
    // Warm several caches in one pass.
    caf::replies_to<warm_together_request>::with<warm_set_report>,
    // The same, with the progress of the whole to the given actor.
    caf::replies_to<warm_together_request, caf::strong_actor_ptr>::with<warm_set_report>,
    // (from warmers) A run of such a pass went on.
    caf::reacts_to<warm_progress>,
    // Other limits for an origin, whether a cache loads from it already or not.
    caf::replies_to<origin_limits_change>::with<flushed>,
    // Drop what was learned of a cache.
    caf::replies_to<forget_request>::with<flushed>,
    // Start, stop, run or fit the background schedule.
    caf::replies_to<start_schedule>::with<scheduler_status>,
    caf::replies_to<stop_schedule>::with<scheduler_status>,
    caf::replies_to<run_schedule_now>::with<scheduler_status>,
    caf::replies_to<optimize_schedules>::with<schedule_changes>,
    // Pass everything recorded so far on to history, durably.
    caf::replies_to<flush_request>::with<flushed>,
    // The whole engine's state.
    caf::replies_to<status_request>::with<engine_status>,
    // (self) Restart what died, when its back-off is over.
    caf::reacts_to<tick>>;

}  // namespace stoker
