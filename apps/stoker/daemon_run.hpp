// A run that the daemon carries out while the command line waits for it, and shows how far it is.
//
// How far it is, is asked again and again, not taken from the event stream: the state of one run is a small
// answer that costs the daemon nothing when nobody asks, it holds the report in the end, whatever was missed
// meanwhile, and it takes none of the few streams that dashboards live on.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "apps/stoker/daemon_client.hpp"

namespace stoker::cli {

// Asks for it at `path` and returns its report when it is over. An interrupt from the terminal leaves the run
// as it is, and throws failure. Where it can be looked at is told on `err` then.
nlohmann::ordered_json run_and_wait(daemon_client& client, const std::string& path,
                                    nlohmann::ordered_json request, console& io);

// "[####----] 12 of 40, 1.2 MiB" of a warm_progress.
std::string progress_text(const nlohmann::ordered_json& progress);

}  // namespace stoker::cli
