#include <algorithm>
#include <caf/all.hpp>
#include <map>

#include "actors/engine/gather.hpp"
#include "actors/scheduling/scheduler_actor.hpp"
#include "actors/tracking/ranking.hpp"
#include "messages/key.hpp"
#include "messages/snapshot.hpp"

namespace stoker {

namespace {

constexpr auto document_name = "timetable";
const std::vector<std::string> all_caches{"*"};
constexpr auto frequency_window = std::chrono::minutes{60};
// Saving goes through three stages, each of which may wait for a disk.
constexpr auto flush_stage_timeout = std::chrono::seconds{15};

std::string summary(const warm_report& report) {
  if (!report.error.empty()) return report.error;
  return "warmed " + std::to_string(report.warmed) + " of " + std::to_string(report.selected) + ", " +
         std::to_string(report.failed) + " failed";
}

std::string summary(const warm_set_report& report) {
  auto text = "warmed " + std::to_string(report.warmed) + " in " + std::to_string(report.runs.size()) +
              " caches, " + std::to_string(report.failed) + " failed";
  if (!report.notes.empty()) text += "; " + report.notes.front();
  return text;
}

bool succeeded(const warm_set_report& report) {
  return report.troubled == 0 &&
         std::all_of(report.runs.begin(), report.runs.end(),
                     [](const warm_report& run) { return run.outcome == run_outcome::completed; });
}

bool all_complete(const std::vector<flushed>& answers, std::size_t missing) {
  return missing == 0 &&
         std::all_of(answers.begin(), answers.end(), [](const flushed& answer) { return answer.complete; });
}

}  // namespace

void scheduler_state::run(const std::string& id) {
  const auto now = config_.now();
  const auto* row = table_.find(id);
  const auto request = row->request(now);
  const auto task = row->entry().task;
  const auto together = row->entry().together;
  table_.began(id, now);
  switch (task) {
    case schedule_task::warm:
      if (!together.empty()) return warm_together(id, request, together);
      return warm(id, request);
    case schedule_task::save:
      return save_learned(id);
    case schedule_task::clean_up:
      return clean_up(id);
    case schedule_task::snapshot:
      return snapshot(id, request.cache);
  }
}

void scheduler_state::warm(const std::string& id, const warm_request& request) {
  if (request.cache.empty())
    return finish(id, {false, "no cache's hit ratio is known yet, so that none can be chosen", 0});
  auto warmer = config_.peers->warmer(request.cache);
  if (!warmer) return finish(id, {false, "the warmer of cache \"" + request.cache + "\" is not running", 0});
  self_->request(warmer, config_.run_timeout, request)
      .then(
          [this, id](const warm_report& report) {
            finish(id, {report.outcome == run_outcome::completed, summary(report), report.run});
          },
          [this, id](const caf::error& failure) {
            finish(id, {false, describe(failure), 0});
          });
}

// The engine does it, for it ends what is under way when it stops.
void scheduler_state::warm_together(const std::string& id, const warm_request& request,
                                    std::vector<std::string> caches) {
  auto engine = config_.peers->engine();
  if (!engine) return finish(id, {false, "the engine is being shut down", 0});
  warm_together_request pass;
  if (caches != all_caches) pass.caches = std::move(caches);
  pass.strategies = request.strategies;
  pass.parameters = request.parameters;
  pass.policy = request.policy;
  pass.budget_bytes = request.budget_bytes;
  pass.deadline = request.deadline;
  pass.reason = request.reason;
  self_->request(engine, config_.run_timeout, std::move(pass))
      .then(
          [this, id](const warm_set_report& report) {
            finish(id, {succeeded(report), summary(report), 0});
          },
          [this, id](const caf::error& failure) {
            finish(id, {false, describe(failure), 0});
          });
}

// Collectors first, then those who learn, then the store: what was recorded before is durable afterwards.
void scheduler_state::save_learned(const std::string& id) {
  gather<flushed>(self_, config_.peers->collectors(), flush_stage_timeout, flush_request{},
                  [this, id](const std::vector<flushed>& answers, std::size_t missing) {
                    flush_learners(id, all_complete(answers, missing));
                  });
}

void scheduler_state::flush_learners(const std::string& id, bool complete) {
  const auto flush_store = [this, id](bool so_far) {
    gather<flushed>(self_, std::vector{config_.peers->historian()}, flush_stage_timeout, flush_history{},
                    [this, id, so_far](const std::vector<flushed>& answers, std::size_t missing) {
                      const bool all = so_far && all_complete(answers, missing);
                      finish(id, {all, all ? "saved" : "some of what was learned could not be saved", 0});
                    });
  };
  std::vector<tracker_actor> shards;
  for (std::size_t shard = 0; shard < config_.peers->tracker_shards(); ++shard)
    shards.push_back(config_.peers->tracker(shard));
  gather<flushed>(self_, shards, flush_stage_timeout, flush_request{},
                  [this, complete, flush_store](const std::vector<flushed>& answers, std::size_t missing) {
                    const bool so_far = complete && all_complete(answers, missing);
                    gather<flushed>(
                        self_, config_.peers->predictors(), flush_stage_timeout, flush_request{},
                        [so_far, flush_store](const std::vector<flushed>& saved, std::size_t lost) {
                          flush_store(so_far && all_complete(saved, lost));
                        });
                  });
}

void scheduler_state::clean_up(const std::string& id) {
  if (!config_.clean_up) return finish(id, {false, "there is nothing to clean up", 0});
  on_a_thread(id, config_.clean_up);
}

// The trackers are asked here; what takes its time, files and servers, is done on a thread of the host's.
void scheduler_state::snapshot(const std::string& id, const std::string& cache) {
  if (!config_.save_snapshots) return finish(id, {false, "snapshots can't be saved here", 0});
  std::vector<std::string> caches{cache};
  if (cache.empty()) {
    caches.clear();
    for (const auto& pulse : config_.pulses()) caches.push_back(pulse.cache);
  }
  struct gathered {
    std::map<std::string, ranked_keys> hottest;
    std::size_t open = 0;
    bool complete = true;
  };
  auto all = std::make_shared<gathered>();
  all->open = caches.size() + 1;  // the one stands for "all have been asked"
  const auto settle = [this, id, all] {
    if (--all->open > 0) return;
    if (!all->complete) return finish(id, {false, "a tracker did not answer", 0});
    on_a_thread(id, [save = config_.save_snapshots, all] { return save(all->hottest); });
  };
  std::vector<tracker_actor> shards;
  for (std::size_t shard = 0; shard < config_.peers->tracker_shards(); ++shard)
    shards.push_back(config_.peers->tracker(shard));
  for (const auto& each : caches) {
    top_request question;
    question.cache = each;
    question.limit = usual_snapshot_keys;
    question.now = config_.now();
    question.with_tags = true;
    gather<ranked_keys>(self_, shards, flush_stage_timeout, question,
                        [all, each, settle](std::vector<ranked_keys> found, std::size_t missing) {
                          all->complete = all->complete && missing == 0;
                          all->hottest[each] = merge_top(std::move(found), usual_snapshot_keys);
                          settle();
                        });
  }
  settle();
}

// Finishes the schedule's run with what `work` tells.
void scheduler_state::on_a_thread(const std::string& id, std::function<std::string()> work) {
  if (!config_.run_host) return finish(id, {false, "there is no thread for this", 0});
  auto done = std::make_shared<run_result>();
  auto call = [work = std::move(work), done] {
    try {
      *done = {true, work(), 0};
    } catch (const std::exception& thrown) {
      *done = {false, thrown.what(), 0};
    }
  };
  auto handle =
      self_->spawn<caf::linked>(host_call, config_.run_host, std::function<void()>{std::move(call)});
  self_->request(handle, config_.run_timeout, flush_request{})
      .then([this, id, done](const flushed&) { finish(id, *done); },
            [this, id, handle](const caf::error& failure) {
              self_->unlink_from(handle->address());
              caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
              finish(id, {false, describe(failure), 0});
            });
}

void scheduler_state::finish(const std::string& id, run_result result) {
  table_.finished(id, std::move(result), config_.now());
  save();
  look(generation_);  // another run of the same cache may have waited for this one
}

void scheduler_state::follow_up(const std::string& id) {
  const auto& state = table_.find(id)->state;
  auto warmer = config_.peers->warmer(state.cache);
  if (!warmer) return;
  self_->request(warmer, config_.history_timeout, report_request{state.cache, state.run})
      .then(
          [this, id](const warm_report& report) {
            if (auto* row = table_.find(id)) row->followed_up(report);
            save();
          },
          [](const caf::error&) {});  // a report that was dropped already says nothing
}

void scheduler_state::measure_keys(std::function<void()> done) {
  auto outstanding = std::make_shared<std::size_t>(1);  // the one stands for "all have been asked"
  const auto settle = [outstanding, done = std::move(done)] {
    if (--*outstanding == 0) done();
  };
  for (const auto& row : table_.rows()) {
    const auto& key = row.entry().frequency_key;
    if (key.empty()) continue;
    auto tracker = config_.peers->tracker(hash_key(key) % config_.peers->tracker_shards());
    if (!tracker) continue;
    const frequency_request question{row.state.cache, key, frequency_window, config_.now()};
    ++*outstanding;
    self_->request(tracker, config_.history_timeout, question)
        .then(
            [this, settle, id = row.state.id](const key_frequency& answer) {
              table_.measured(id, static_cast<double>(answer.accesses) / frequency_window.count(),
                              config_.now());
              settle();
            },
            [settle](const caf::error&) { settle(); });  // the interval stays as it is
  }
  settle();
}

void scheduler_state::save() {
  auto historian = config_.peers->historian();
  if (!historian) return;
  document kept{document_kind::schedule, document_name, encode_timetable(table_.keep())};
  // A failed save costs one run's memory of when it last ran; the next save carries everything again.
  self_->request(historian, config_.history_timeout, std::move(kept))
      .then([](const history_receipt&) {}, [](const caf::error&) {});
}

}  // namespace stoker
