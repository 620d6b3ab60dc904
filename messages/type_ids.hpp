// Every message type with its id. A type that is missing here serialises to nothing without a word, so the
// test tests/messages/round_trip_test.cpp sends each of them there and back.
//
// Ids start at 20000: hosts and CAF modules number theirs from lower. The name is the identity on the wire.
#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/type_id.hpp>

#include "messages/access.hpp"
#include "messages/error.hpp"
#include "messages/history.hpp"
#include "messages/loading.hpp"
#include "messages/memory.hpp"
#include "messages/origin_limits.hpp"
#include "messages/outside.hpp"
#include "messages/prefetching.hpp"
#include "messages/run_questions.hpp"
#include "messages/scheduling.hpp"
#include "messages/statistics.hpp"
#include "messages/status.hpp"
#include "messages/together.hpp"
#include "messages/warming.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(stoker, 20000)

CAF_ADD_TYPE_ID(stoker, (stoker::access_batch))
CAF_ADD_TYPE_ID(stoker, (stoker::key_description))

CAF_ADD_TYPE_ID(stoker, (stoker::key_statistics))
CAF_ADD_TYPE_ID(stoker, (stoker::top_request))
CAF_ADD_TYPE_ID(stoker, (stoker::ranked_keys))
CAF_ADD_TYPE_ID(stoker, (stoker::key_request))
CAF_ADD_TYPE_ID(stoker, (stoker::frequency_request))
CAF_ADD_TYPE_ID(stoker, (stoker::key_frequency))
CAF_ADD_TYPE_ID(stoker, (stoker::subject_request))
CAF_ADD_TYPE_ID(stoker, (stoker::patterns_request))
CAF_ADD_TYPE_ID(stoker, (stoker::access_patterns))
CAF_ADD_TYPE_ID(stoker, (stoker::forget_request))
CAF_ADD_TYPE_ID(stoker, (stoker::tracker_status))

CAF_ADD_TYPE_ID(stoker, (stoker::history_write))
CAF_ADD_TYPE_ID(stoker, (stoker::history_receipt))
CAF_ADD_TYPE_ID(stoker, (stoker::history_page_request))
CAF_ADD_TYPE_ID(stoker, (stoker::history_page))
CAF_ADD_TYPE_ID(stoker, (stoker::document))
CAF_ADD_TYPE_ID(stoker, (stoker::document_request))
CAF_ADD_TYPE_ID(stoker, (stoker::flush_history))
CAF_ADD_TYPE_ID(stoker, (stoker::historian_status))

CAF_ADD_TYPE_ID(stoker, (stoker::memory_report))
CAF_ADD_TYPE_ID(stoker, (stoker::pressure_event))
CAF_ADD_TYPE_ID(stoker, (stoker::lease_request))
CAF_ADD_TYPE_ID(stoker, (stoker::lease))
CAF_ADD_TYPE_ID(stoker, (stoker::lease_return))
CAF_ADD_TYPE_ID(stoker, (stoker::arbiter_status))

CAF_ADD_TYPE_ID(stoker, (stoker::warm_plan))
CAF_ADD_TYPE_ID(stoker, (stoker::warm_request))
CAF_ADD_TYPE_ID(stoker, (stoker::plan_request))
CAF_ADD_TYPE_ID(stoker, (stoker::warm_progress))
CAF_ADD_TYPE_ID(stoker, (stoker::warm_report))
CAF_ADD_TYPE_ID(stoker, (stoker::cancel_run))
CAF_ADD_TYPE_ID(stoker, (stoker::warmer_status))

CAF_ADD_TYPE_ID(stoker, (stoker::load_request))
CAF_ADD_TYPE_ID(stoker, (stoker::load_receipts))
CAF_ADD_TYPE_ID(stoker, (stoker::origin_demand))
CAF_ADD_TYPE_ID(stoker, (stoker::origin_status))

CAF_ADD_TYPE_ID(stoker, (stoker::prefetch_request))
CAF_ADD_TYPE_ID(stoker, (stoker::prefetch_outcomes))
CAF_ADD_TYPE_ID(stoker, (stoker::predict_request))
CAF_ADD_TYPE_ID(stoker, (stoker::predictions))
CAF_ADD_TYPE_ID(stoker, (stoker::predictor_status))

CAF_ADD_TYPE_ID(stoker, (stoker::start_schedule))
CAF_ADD_TYPE_ID(stoker, (stoker::stop_schedule))
CAF_ADD_TYPE_ID(stoker, (stoker::run_schedule_now))
CAF_ADD_TYPE_ID(stoker, (stoker::scheduler_status))

CAF_ADD_TYPE_ID(stoker, (stoker::status_request))
CAF_ADD_TYPE_ID(stoker, (stoker::flush_request))
CAF_ADD_TYPE_ID(stoker, (stoker::flushed))
CAF_ADD_TYPE_ID(stoker, (stoker::collector_status))
CAF_ADD_TYPE_ID(stoker, (stoker::cache_added))
CAF_ADD_TYPE_ID(stoker, (stoker::engine_status))

CAF_ADD_TYPE_ID(stoker, (stoker::tick))

CAF_ADD_TYPE_ID(stoker, (stoker::report_request))
CAF_ADD_TYPE_ID(stoker, (stoker::rollback_run))
CAF_ADD_TYPE_ID(stoker, (stoker::rollback_report))
CAF_ADD_TYPE_ID(stoker, (stoker::environment_request))
CAF_ADD_TYPE_ID(stoker, (stoker::environment_report))
CAF_ADD_TYPE_ID(stoker, (stoker::memory_event))
CAF_ADD_TYPE_ID(stoker, (stoker::memory_events_request))
CAF_ADD_TYPE_ID(stoker, (stoker::memory_events))

CAF_ADD_TYPE_ID(stoker, (stoker::optimize_schedules))
CAF_ADD_TYPE_ID(stoker, (stoker::schedule_changes))
CAF_ADD_TYPE_ID(stoker, (stoker::cache_event))

CAF_ADD_TYPE_ID(stoker, (stoker::origin_limits))
CAF_ADD_TYPE_ID(stoker, (stoker::origin_limits_change))

CAF_ADD_TYPE_ID(stoker, (stoker::warm_together_request))
CAF_ADD_TYPE_ID(stoker, (stoker::warm_set_report))

CAF_ADD_TYPE_ID(stoker, (stoker::outside_status))
CAF_ADD_TYPE_ID(stoker, (stoker::undo_request))
CAF_ADD_TYPE_ID(stoker, (stoker::undo_result))

CAF_END_TYPE_ID_BLOCK(stoker)

namespace stoker {

// An actor system that runs Stoker's actors needs its types: call this before the system is made.
void register_types(caf::actor_system_config& config);

// An error of Stoker's own category, with the text for people.
caf::error make_error(errc code, const std::string& text);

// Our code for any caf::error: its own, or what CAF's means to the caller.
errc code_of(const caf::error& failure);

// The text of any caf::error: of ours as it was written, of others as CAF renders it.
std::string describe(const caf::error& failure);

}  // namespace stoker
