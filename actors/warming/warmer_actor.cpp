#include "actors/warming/warmer_actor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>
#include <limits>
#include <random>

#include "actors/warming/origin_actor.hpp"
#include "messages/key.hpp"
#include "storage/origins/load_threads.hpp"

namespace stoker {

namespace {

// Plans that are being made beside each other: each holds its candidates in memory.
constexpr std::uint32_t max_open_plans = 4;

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

caf::error as_caf_error(const error& mistake) {
  return make_error(mistake.code(), mistake.what());
}

}  // namespace

void validate(const warmer_config& config) {
  validate(config.run);
  validate(config.prefetch);
  const auto reject = [&](const char* what) {
    throw error{errc::invalid_argument, fmt::format("warmer of cache {}: {}", config.cache, what)};
  };
  if (config.cache.empty() || config.origin.empty())
    reject("the names of its cache and its origin must be given");
  if (!config.peers || !config.now || !config.strategies)
    reject("directory, clock and strategies must be given");
  if (config.default_strategies.empty()) reject("default_strategies is empty; name at least one");
  for (const auto timeout :
       {config.load_timeout, config.question_timeout, config.host_timeout, config.run_deadline})
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
  gathering_ = {config_.peers, config_.question_timeout, config_.host_timeout, config_.run_host,
                config_.tasks, config_.visits,           config_.list_entries};
  prefetching_ = std::make_unique<prefetching>(
      self, prefetching_config{config_.cache, config_.origin, config_.peers, config_.now, config_.entries,
                               config_.drain_wasted, config_.prefetch});
}

caf::error warmer_state::busy() const {
  return make_error(errc::busy, fmt::format("cache {}: run {} ({}) is under way; wait for it or cancel it",
                                            config_.cache, job_->header.run, job_->header.reason));
}

caf::result<warm_report> warmer_state::open_job(warm_request request, caf::strong_actor_ptr listener) {
  const auto now = config_.now();
  auto& job = job_.emplace();
  job.header.run = next_run_++;
  job.header.cache = config_.cache;
  job.header.reason = request.reason.empty() ? "user" : request.reason;
  job.header.started_at = now;
  job.header.hit_ratio_before = config_.recent_hit_ratio ? config_.recent_hit_ratio() : -1;
  job.until = now + (request.deadline > duration::zero() ? request.deadline : config_.run_deadline);
  job.request = std::move(request);
  job.listener = std::move(listener);
  job.answer = self_->make_response_promise<warm_report>();
  wake_at(job.until);
  return job.answer;
}

caf::result<warm_report> warmer_state::warm(warm_request request, caf::strong_actor_ptr listener) {
  if (job_) return busy();
  request.cache = config_.cache;
  request.now = config_.now();
  std::vector<chosen_strategy> chosen;
  try {
    chosen = choose_strategies(*config_.strategies, request, config_.default_strategies, config_.ttl);
  } catch (const error& mistake) {
    return as_caf_error(mistake);
  }
  auto answer = open_job(std::move(request), std::move(listener));
  for (const auto& choice : chosen) job_->header.strategies.push_back(choice.source->name);
  gather_candidates(self_, gathering_, chosen,
                    [this, number = job_->header.run](std::vector<strategy_answer> answers) {
                      if (is_current(number)) gathered(std::move(answers));
                    });
  return answer;
}

void warmer_state::gathered(std::vector<strategy_answer> answers) {
  auto candidates = candidates_of(answers);
  job_->answers = std::move(answers);
  job_->header.candidates = candidates->size();
  if (candidates->empty() && all_failed(job_->answers))
    return fail(run_outcome::failed, errors_of(job_->answers));
  const auto bytes = std::min(wanted_bytes(*candidates, context_for(job_->request, 0)), head_room_bytes());
  lease_for_job(bytes, [this, candidates] {
    auto made = make_plan(std::move(*candidates), context_for(job_->request, job_->taken.bytes));
    job_->header.planning_took = config_.now() - job_->header.started_at;
    execute(std::move(made));
  });
}

caf::result<warm_report> warmer_state::warm(warm_plan plan) {
  if (job_) return busy();
  if (plan.cache != config_.cache)
    return make_error(errc::invalid_argument, fmt::format("the plan is for cache \"{}\", this is cache {}",
                                                          plan.cache, config_.cache));
  warm_request request;
  request.cache = config_.cache;
  request.reason = "plan";
  auto answer = open_job(std::move(request), nullptr);
  job_->header.strategies = strategies_of(plan);
  for (const auto& phase : plan.phases) job_->header.candidates += phase.items.size();
  const auto bytes = std::min(wanted_bytes(plan, context_for(job_->request, 0)), head_room_bytes());
  auto shared = std::make_shared<warm_plan>(std::move(plan));
  lease_for_job(bytes, [this, shared] { execute(std::move(*shared)); });
  return answer;
}

// Goes on with the job that is current now, unless it ended meanwhile or nothing was granted. Nothing is
// asked for when the cache is full or everything is there: the plan then says so of each candidate.
void warmer_state::lease_for_job(std::uint64_t bytes, std::function<void()> then) {
  const auto granted = [this, bytes, number = job_->header.run, then](const lease& given) {
    if (!is_current(number)) return give_back(given, 0);
    job_->taken = given;
    if (given.bytes > 0 || bytes == 0) return then();
    const auto pressed = memory_.level == pressure_level::critical;
    fail(pressed ? run_outcome::stopped_by_pressure : run_outcome::failed,
         "no memory was granted: " + given.reason);
  };
  const auto failed = [this, number = job_->header.run](const std::string& text) {
    if (is_current(number)) fail(run_outcome::failed, text);
  };
  ask_lease(job_->request, bytes, granted, failed);
}

caf::result<warm_plan> warmer_state::plan(plan_request asked) {
  if (open_plans_ >= max_open_plans)
    return make_error(errc::busy,
                      fmt::format("cache {}: {} plans are being made", config_.cache, open_plans_));
  auto request = std::make_shared<warm_request>(std::move(asked.what));
  request->cache = config_.cache;
  request->now = config_.now();
  std::vector<chosen_strategy> chosen;
  try {
    chosen = choose_strategies(*config_.strategies, *request, config_.default_strategies, config_.ttl);
  } catch (const error& mistake) {
    return as_caf_error(mistake);
  }
  // Showing a plan warms nothing: actions are not carried out.
  std::erase_if(chosen, [](const chosen_strategy& choice) { return choice.source->warms_by_itself(); });
  ++open_plans_;
  auto answer = self_->make_response_promise<warm_plan>();
  gather_candidates(self_, gathering_, chosen, [this, request, answer](std::vector<strategy_answer> answers) {
    finish_plan(*request, std::move(answers), answer);
  });
  return answer;
}

void warmer_state::finish_plan(const warm_request& request, std::vector<strategy_answer> answers,
                               caf::typed_response_promise<warm_plan> answer) {
  const failure_function failed = [this, answer](const std::string& text) mutable {
    --open_plans_;
    answer.deliver(make_error(errc::unavailable, text));
  };
  auto candidates = candidates_of(answers);
  if (candidates->empty() && all_failed(answers)) return failed(errors_of(answers));
  const auto bytes = std::min(wanted_bytes(*candidates, context_for(request, 0)), head_room_bytes());
  ask_lease(
      request, bytes,
      [this, request, candidates, answer](const lease& given) mutable {
        --open_plans_;
        give_back(given, 0);
        answer.deliver(make_plan(std::move(*candidates), context_for(request, given.bytes)));
      },
      failed);
}

std::shared_ptr<std::vector<candidate>> warmer_state::candidates_of(
    std::vector<strategy_answer>& answers) const {
  return std::make_shared<std::vector<candidate>>(take_candidates(answers, config_.dependencies.get()));
}

plan_context warmer_state::context_for(const warm_request& request, std::uint64_t budget_bytes) const {
  plan_context context;
  context.cache = config_.cache;
  context.now = request.now;
  context.budget_bytes = budget_bytes;
  context.limit = request.limit;
  context.floor = config_.floor;
  context.overhead_bytes = config_.run.overhead_bytes;
  if (config_.entries)
    context.fresh = [this, now = config_.now()](const std::string& key) {
      return config_.entries->contains(key, now);
    };
  return context;
}

std::uint64_t warmer_state::head_room_bytes() const {
  constexpr auto unbounded = std::numeric_limits<std::uint64_t>::max();
  if (!config_.entries) return unbounded;
  const auto stats = config_.entries->stats();
  if (stats.capacity_bytes != 0) return stats.capacity_bytes - std::min(stats.bytes, stats.capacity_bytes);
  return stats.capacity_entries == 0 || stats.entries < stats.capacity_entries ? unbounded : 0;
}

void warmer_state::ask_lease(const warm_request& request, std::uint64_t bytes, lease_function granted,
                             failure_function failed) {
  if (bytes == 0) return granted({});
  const auto arbiter = config_.peers->arbiter();
  if (!arbiter) return failed("the memory arbiter is being restarted; try again");
  lease_request question;
  question.holder = config_.cache;
  question.bytes = bytes;
  question.policy = request.policy;
  question.explicit_limit_bytes = request.budget_bytes;
  self_->request(arbiter, config_.question_timeout, std::move(question))
      .then(
          [granted](const lease& given) { granted(given); },
          [failed](const caf::error& why) { failed("the memory arbiter gave no lease: " + describe(why)); });
}

void warmer_state::give_back(const lease& given, std::uint64_t used_bytes) {
  if (given.id == 0) return;
  if (const auto arbiter = config_.peers->arbiter()) self_->send(arbiter, lease_return{given.id, used_bytes});
}

void warmer_state::execute(warm_plan plan) {
  job_->header.budget_bytes = job_->taken.bytes;
  job_->header.fresh = count_left_out(plan, left_out_reason::fresh);
  job_->work.emplace(std::move(plan), config_.run, job_->header, job_->until);
  job_->work->pressure(memory_);
  pump();
}

void warmer_state::pump() {
  const auto number = job_->header.run;
  while (true) {
    auto items = job_->work->take(config_.now());
    if (items.empty()) break;
    for (auto& item : items) load(std::move(item), number);
  }
  if (job_->work->finished()) return complete(job_->work->report(config_.now()));
  tell_progress(false);
  wake_at(job_->work->wake_at(config_.now()));
}

void warmer_state::load(load_item item, std::uint64_t number) {
  load_receipt failure;
  failure.key = item.key;
  const auto origin = config_.peers->origin(config_.origin);
  if (!origin) {
    failure.error = fmt::format("origin {} is being restarted", config_.origin);
    return job_->work->settle(failure, config_.random(), config_.now());
  }
  load_request single{config_.cache, {std::move(item)}, config_.load_timeout};
  self_->request(origin, origin_answer_bound(config_.load_timeout), std::move(single))
      .then(
          [this, number, failure](const load_receipts& answer) {
            settle(number, answer.receipts.empty() ? failure : answer.receipts.front());
          },
          [this, number, failure](const caf::error& why) mutable {
            failure.error = fmt::format("origin {} did not answer: {}", config_.origin, describe(why));
            settle(number, failure);
          });
}

void warmer_state::settle(std::uint64_t number, const load_receipt& receipt) {
  if (!is_current(number) || !job_->work) return;
  job_->work->settle(receipt, config_.random(), config_.now());
  pump();
}

void warmer_state::tell_progress(bool at_once) {
  const auto now = config_.now();
  if (!job_->listener || !job_->work) return;
  if (!at_once && now - job_->told_at < config_.progress_interval) return;
  job_->told_at = now;
  caf::anon_send(caf::actor_cast<caf::actor>(job_->listener), job_->work->progress());
}

// A run that never came to its plan.
void warmer_state::fail(run_outcome outcome, const std::string& text) {
  auto report = job_->header;
  report.outcome = outcome;
  report.error = text;
  report.took = config_.now() - report.started_at;
  complete(std::move(report));
}

void warmer_state::complete(warm_report report) {
  tell_progress(true);
  add_actions(report, job_->answers);
  report.notes = notes_of(job_->answers);
  remember_strategies(report);
  if (config_.visits)
    for (const auto& subject : subjects_of(job_->answers, report))
      config_.visits->note(subject, report.started_at);
  ++runs_;
  give_back(job_->taken, report.bytes);
  auto answer = std::move(job_->answer);
  job_.reset();
  answer.deliver(std::move(report));
}

void warmer_state::remember_strategies(const warm_report& report) {
  const auto warmed = job_->work ? job_->work->warmed_by_strategy() : std::map<std::string, std::uint64_t>{};
  for (const auto& strategy : report.strategies) {
    auto& known = strategies_[strategy];
    known.strategy = strategy;
    known.last_run = report.started_at;
    known.error = report.error;
    known.succeeded = report.outcome == run_outcome::completed;
    ++known.runs;
    if (const auto found = warmed.find(strategy); found != warmed.end()) known.warmed += found->second;
  }
  for (const auto& answer : job_->answers)
    if (!answer.error.empty()) {
      strategies_[answer.strategy].error = answer.error;
      strategies_[answer.strategy].succeeded = false;
    }
}

caf::result<warmer_status> warmer_state::cancel(std::uint64_t number) {
  if (number != 0 && !is_current(number))
    return make_error(errc::no_such_run,
                      fmt::format("cache {}: run {} is not under way", config_.cache, number));
  if (!job_) return status();
  if (job_->work) {
    job_->work->stop(run_outcome::cancelled, "the run was cancelled");
    pump();
  } else {
    fail(run_outcome::cancelled, "the run was cancelled before it began to load");
  }
  return status();
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
  for (const auto& known : strategies_) status.strategies.push_back(known.second);
  prefetching_->add_to(status);
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
      [self](status_request) { return self->state.status(); },
      [self](tick due) { self->state.wake(due.generation); },
  };
}

}  // namespace stoker
