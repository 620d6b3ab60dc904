#include "messages/together.hpp"

namespace stoker {

void warm_set_report::add(warm_report run) {
  candidates += run.candidates;
  warmed += run.warmed;
  already_warm += run.fresh + run.already_fresh;
  failed += run.failed;
  dropped += run.dropped + run.cancelled;
  for (const auto& note : run.notes) notes.push_back(run.cache + ": " + note);
  if (!run.error.empty()) notes.push_back(run.cache + ": " + run.error);
  runs.push_back(std::move(run));
}

}  // namespace stoker
