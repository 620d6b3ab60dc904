#include "actors/warming/warmer_actor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>
#include <random>

#include "messages/key.hpp"
#include "messages/mailbox.hpp"
#include "storage/origins/load_threads.hpp"

namespace stoker {

namespace {

// Strategies of the host's that run at once, for one cache.
constexpr std::size_t host_threads = 8;

// Waking earlier than this would only spin.
constexpr duration shortest_wait = std::chrono::milliseconds{1};

std::function<double()> seeded_random(const std::string& cache) {
  auto generator = std::make_shared<std::mt19937_64>(hash_key(cache));
  return [generator] { return std::uniform_real_distribution<double>{0, 1}(*generator); };
}

// Nothing waits for these threads: a function that hangs must not hold up the end of its warmer.
task_runner own_threads() {
  load_threads_config config;
  config.max_threads = host_threads;
  config.farewell = duration::zero();
  auto threads = std::make_shared<load_threads>(config);
  return [threads](std::function<void()> task) { return threads->run(std::move(task)); };
}

}  // namespace

void validate(const warmer_config& config) {
  validate(config.run);
  validate(config.prefetch);
  validate(config.screening);
  validate(config.trials);
  validate(config.log);
  validate(config.journal);
  const auto reject = [&](const char* what) {
    throw error{errc::invalid_argument, fmt::format("warmer of cache {}: {}", config.cache, what)};
  };
  if (config.cache.empty() || config.origin.empty())
    reject("the names of its cache and its origin must be given");
  if (!config.peers || !config.now || !config.strategies)
    reject("directory, clock and strategies must be given");
  if (config.default_strategies.empty()) reject("default_strategies is empty; name at least one");
  for (const auto timeout : {config.load_timeout, config.question_timeout, config.host_timeout,
                             config.undo_timeout, config.run_deadline})
    if (timeout <= duration::zero()) reject("timeouts and the deadline of a run must be positive");
}

warmer_state::warmer_state() {}

warmer_state::~warmer_state() {}

void warmer_state::start(warmer_actor::pointer self, warmer_config config) {
  self_ = self;
  config_ = std::move(config);
  next_run_ = config_.first_run;
  if (!config_.random) config_.random = seeded_random(config_.cache);
  if (!config_.run_host) config_.run_host = own_threads();
  gathering_ = {config_.peers,    config_.question_timeout, config_.host_timeout, config_.run_host,
                config_.tasks,    config_.visits,           config_.list_entries, config_.dependency_depth,
                config_.snapshots};
  screening_ = std::make_unique<screening>(config_.cache, config_.screening);
  trials_ = std::make_unique<trial_ledger>(config_.trials);
  log_ = std::make_unique<run_log>(config_.log);
  journal_ = std::make_unique<journaling>(self_, config_.cache, config_.peers, config_.journal);
  start_prefetching();
  journal_->recover(
      [this](const warmer_books& books) {
        next_run_ = std::max(next_run_, books.next_run);
        trials_->restore(books.accounts);
      },
      [this](journal_plan left, const journal_progress& progress) { resume(std::move(left), progress); });
}

void warmer_state::prefetch(const prefetch_request& request) {
  prefetching_->request(request.items);
  wake_at(prefetching_->report_at());
}

void warmer_state::pressure(const memory_report& memory) {
  memory_ = memory;
  prefetching_->halt(memory.level == pressure_level::critical);
  if (!job_ || !job_->work) return;
  job_->work->pressure(memory);
  pump();
}

warmer_status warmer_state::status() const {
  warmer_status status;
  status.cache = config_.cache;
  status.runs = runs_;
  if (job_) status.active_run = status.progress.run = job_->header.run;
  if (job_ && job_->work) status.progress = job_->work->progress();
  add_strategies(status);
  status.trials_open = trials_->open();
  status.trials_dropped = trials_->not_followed();
  status.rollbacks = rollbacks_;
  prefetching_->add_to(status);
  tally_.add_to(status);
  return status;
}

void warmer_state::wake(std::uint64_t generation) {
  if (generation == generation_) next_wake_ = time_point::max();
  const auto now = config_.now();
  if (job_ && !job_->work && now >= job_->until)
    fail(run_outcome::deadline_passed, "the run's deadline passed before it began to load");
  else if (job_ && job_->work)
    pump();
  if (job_) wake_at(job_->until);
  if (now >= prefetching_->report_at()) prefetching_->report();
  wake_at(prefetching_->report_at());
  look_after_trials();
}

// A tick that comes too early does no harm, so only an earlier one than the one on its way is sent.
void warmer_state::wake_at(time_point when) {
  if (when >= next_wake_) return;
  const auto now = config_.now();
  next_wake_ = std::max(when, now + shortest_wait);
  self_->delayed_send(self_, next_wake_ - now, tick{++generation_});
}

warmer_actor::behavior_type warmer(warmer_actor::stateful_pointer<warmer_state> self, warmer_config config) {
  validate(config);
  self->state.start(self, std::move(config));
  return {
      [self](warm_request& request) { return self->state.warm(std::move(request), nullptr); },
      [self](warm_request& request, caf::strong_actor_ptr& listener) {
        return self->state.warm(std::move(request), std::move(listener));
      },
      [self](warm_plan& plan) { return self->state.warm(std::move(plan)); },
      [self](plan_request& request) { return self->state.plan(std::move(request)); },
      [self](const cancel_run& which) { return self->state.cancel(which.run); },
      [self](const prefetch_request& request) { self->state.prefetch(request); },
      [self](const pressure_event& event) { self->state.pressure(event.report); },
      [self](const access_batch& batch) { self->state.observe(batch); },
      [self](const rollback_run& which) { return self->state.rollback(which.run); },
      [self](const report_request& which) { return self->state.report(which.run); },
      [self](const environment_request& request) { return self->state.environment(request); },
      [self](status_request) { return with_mailbox(self, self->state.status()); },
      [self](tick due) { self->state.wake(due.generation); },
  };
}

}  // namespace stoker
