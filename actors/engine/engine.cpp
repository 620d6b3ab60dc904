#include "stoker/engine.hpp"

#include "actors/engine/engine_core.hpp"
#include "actors/engine/schedules.hpp"
#include "actors/engine/snapshots.hpp"
#include "actors/engine/status_collection.hpp"
#include "actors/engine/warm_sets.hpp"
#include "stoker/actors.hpp"
#include "storage/origins/function_origin.hpp"

namespace stoker {

class engine::implementation {
 public:
  implementation(engine_config config, caf::actor_system* host)
      : core(std::make_shared<engine_core>(std::move(config), host)) {}
  ~implementation() { core->shut_down(); }

  std::shared_ptr<engine_core> core;
};

struct engine_access {
  static const engine_actor& actor(const engine& running) { return running.implementation_->core->actor(); }
};

engine_actor actor_of(const engine& running) {
  return engine_access::actor(running);
}

namespace {

strategy_request request_of(const strategy_context& context) {
  return {context.cache, context.parameters.texts(), context.limit, context.now};
}

std::vector<parameter_declaration> declarations_of(const std::vector<strategy_parameter>& parameters) {
  std::vector<parameter_declaration> declared;
  for (const auto& parameter : parameters)
    declared.push_back(
        {parameter.name, parameter_type_of(parameter.type), parameter.default_text, parameter.description});
  return declared;
}

// What strategies and actions of a host have in common.
template <class Custom, class Source>
strategy as_strategy(const Custom& added, Source source) {
  strategy registered;
  registered.cache = added.cache;
  registered.name = added.name;
  registered.description = added.description;
  registered.parameters = declarations_of(added.parameters);
  registered.source = std::move(source);
  return registered;
}

}  // namespace

namespace {

// Of a million keys or more: trackers take about a second a million.
constexpr duration hottest_timeout = std::chrono::seconds{60};

}  // namespace

engine::engine(engine_config config)
    : implementation_(std::make_unique<implementation>(std::move(config), nullptr)) {}

engine::engine(caf::actor_system& host, engine_config config)
    : implementation_(std::make_unique<implementation>(std::move(config), &host)) {}

engine::~engine() = default;

cache_handle engine::add_cache(cache_config config) {
  return cache_handle{implementation_->core->add_cache(std::move(config))};
}

cache_handle engine::cache(const std::string& name) const {
  return cache_handle{implementation_->core->parts().caches->get(name)};
}

void engine::set_key_rules(const std::string& cache, std::vector<std::string> include,
                           std::vector<std::string> exclude) {
  const auto managed = implementation_->core->parts().caches->get(cache);
  key_rules rules{std::move(include), std::move(exclude)};
  stoker::validate(rules);
  managed->rules->set(std::move(rules));
}

std::vector<std::string> engine::caches() const {
  std::vector<std::string> names;
  for (const auto& each : implementation_->core->parts().caches->all()) names.push_back(each->config.name);
  return names;
}

void engine::limit_origin(const std::string& origin, const origin_limits& limits) {
  stoker::validate(limits);
  auto& core = *implementation_->core;
  core.ask<flushed>(core.timeout(), origin_limits_change{origin, true, limits});
}

void engine::unlimit_origin(const std::string& origin) {
  auto& core = *implementation_->core;
  core.ask<flushed>(core.timeout(), origin_limits_change{origin, false, {}});
}

void engine::register_strategy(custom_strategy added) {
  host_strategy source;
  if (added.propose)
    source.propose = [propose = added.propose](const strategy_context& context) {
      return propose(request_of(context));
    };
  implementation_->core->parts().strategies->add(as_strategy(added, std::move(source)));
}

void engine::register_action(custom_action added) {
  host_action source;
  if (added.run)
    source.run = [run = added.run](const strategy_context& context) { return run(request_of(context)); };
  implementation_->core->parts().strategies->add(as_strategy(added, std::move(source)));
}

void engine::register_task(const warming_task& task) {
  stoker::register_task(*implementation_->core, task);
}

bool engine::unregister_task(const std::string& cache, const std::string& id) {
  return stoker::unregister_task(*implementation_->core, cache, id);
}

std::vector<warming_task> engine::tasks(const std::string& cache) const {
  return tasks_of(*implementation_->core, cache);
}

std::vector<strategy_description> engine::strategies() const {
  return implementation_->core->parts().strategies->list();
}

redaction engine::redaction_of(const std::string& cache) const {
  const auto& parts = implementation_->core->parts();
  return parts.caches->get(cache)->config.redact_keys ? redaction{parts.config.redaction_secret}
                                                      : redaction{};
}

warm_report engine::warm(warm_request request, const progress_callback& progress) {
  auto& core = *implementation_->core;
  request.now = core.now();
  if (request.reason.empty()) request.reason = "user";
  if (progress) return core.watch<warm_report>(request, engine_core::run_timeout(request.deadline), progress);
  return core.ask<warm_report>(engine_core::run_timeout(request.deadline), request);
}

load_receipt engine::warm_key(const std::string& cache, const std::string& key, const loader& load,
                              const warm_key_options& options) {
  const auto managed = implementation_->core->parts().caches->get(cache);
  if (managed->screened.excluded(key)) {
    load_receipt refused;
    refused.key = key;
    refused.status = load_status::refused;
    refused.error = "cache \"" + cache + "\": a rule excludes this key from warming";
    return refused;
  }
  const auto deadline = std::chrono::steady_clock::now() + managed->config.load_timeout;
  return managed->target()->load_and_fill({key, options.ttl, options.tags}, managed->now(), deadline,
                                          filled_by::warmer, std::make_shared<function_origin>(load));
}

warm_set_report engine::warm_critical(const std::string& cache) {
  return stoker::warm_critical(*implementation_->core, cache);
}

warm_set_report engine::warm_user(const std::string& id, const warm_user_options& options) {
  return stoker::warm_user(*implementation_->core, id, options);
}

warm_set_report engine::warm_together(const warm_together_options& options,
                                      const progress_callback& progress) {
  auto& core = *implementation_->core;
  // One wave a cache at most, after the plans.
  const auto steps = static_cast<int>(core.parts().caches->all().size()) + 1;
  const auto patience = engine_core::run_timeout(options.deadline) * steps;
  if (progress) return core.watch<warm_set_report>(options, patience, progress);
  return core.ask<warm_set_report>(patience, options);
}

warm_plan engine::plan(warm_request request) {
  auto& core = *implementation_->core;
  request.now = core.now();
  return core.ask<warm_plan>(engine_core::run_timeout(request.deadline), plan_request{std::move(request)});
}

warm_report engine::run(warm_plan plan) {
  return implementation_->core->ask<warm_report>(engine_core::run_timeout(duration::zero()), plan);
}

void engine::cancel(const std::string& cache) {
  auto& core = *implementation_->core;
  core.ask<warmer_status>(core.timeout(), cancel_run{}, cache);
}

warm_report engine::report(const std::string& cache, std::uint64_t run) {
  auto& core = *implementation_->core;
  return core.ask<warm_report>(core.timeout(), report_request{cache, run});
}

warming_performance engine::performance(const std::string& cache) {
  auto& core = *implementation_->core;
  warming_performance total;
  const auto latest = report(cache);
  std::vector<report_request> questions;
  for (auto run = latest.run; run > 0 && questions.size() < most_performance_runs; --run)
    questions.push_back({cache, run});
  for (const auto& each : core.ask_each<warm_report>(core.timeout(), questions))
    if (each.answer) total.add(*each.answer);
  return total;
}

rollback_report engine::rollback(const std::string& cache, std::uint64_t run) {
  // A run that is under way ends first: with the loads that it has begun.
  return implementation_->core->ask<rollback_report>(engine_core::run_timeout(duration::zero()),
                                                     rollback_run{cache, run});
}

environment_report engine::validate(warm_request request, const std::string& probe_key) {
  // A probe waits for its load, and then the origin may be slow to say that it failed.
  constexpr int patience = 4;
  auto& core = *implementation_->core;
  return core.ask<environment_report>(core.timeout() * patience,
                                      environment_request{std::move(request), probe_key});
}

memory_events engine::events() {
  auto& core = *implementation_->core;
  return core.ask<memory_events>(core.timeout(), memory_events_request{});
}

scheduler_status engine::start(const start_options& options) {
  auto& core = *implementation_->core;
  return core.ask<scheduler_status>(core.timeout(), schedules_of(core, options));
}

scheduler_status engine::stop(duration patience) {
  auto& core = *implementation_->core;
  return core.ask<scheduler_status>(core.timeout() + patience, stop_schedule{patience});
}

scheduler_status engine::run_schedules(const std::string& id) {
  auto& core = *implementation_->core;
  return core.ask<scheduler_status>(core.timeout(), run_schedule_now{id});
}

schedule_changes engine::optimize_schedules(bool apply) {
  auto& core = *implementation_->core;
  // The scheduler asks the trackers first, and each of them has its own time to answer.
  return core.ask<schedule_changes>(core.timeout() * 2, stoker::optimize_schedules{apply});
}

snapshot_status engine::save_snapshot(const std::string& cache, const std::string& path, std::uint32_t keys) {
  auto& core = *implementation_->core;
  const auto managed = core.parts().caches->get(cache);
  const auto target = path.empty() ? snapshot_path(core.parts().config, cache) : path;
  const auto hottest = core.ask<ranked_keys>(hottest_timeout, hottest_keys(cache, keys, core.now()));
  return stoker::save_snapshot(*managed, hottest, target);
}

snapshot_status engine::load_snapshot(const std::string& cache, const std::string& path) {
  auto& core = *implementation_->core;
  const auto managed = core.parts().caches->get(cache);
  return stoker::load_snapshot(*managed, path.empty() ? snapshot_path(core.parts().config, cache) : path);
}

engine_status engine::status() {
  auto& core = *implementation_->core;
  auto status = core.ask<engine_status>(core.timeout(), status_request{});
  status.started = status.scheduler.running;
  return status;
}

engine_stats engine::stats() {
  auto whole = status();
  return {std::move(whole.caches), std::move(whole.warmers), whole.tracker};
}

access_patterns engine::patterns(const std::string& cache) {
  auto& core = *implementation_->core;
  core.parts().caches->get(cache);
  return core.ask<access_patterns>(core.timeout(), patterns_request{cache, core.now()});
}

ranked_keys engine::top(top_request request) {
  auto& core = *implementation_->core;
  core.parts().caches->get(request.cache);
  request.now = core.now();
  return core.ask<ranked_keys>(core.timeout(), request);
}

key_statistics engine::key(const std::string& cache, const std::string& key) {
  auto& core = *implementation_->core;
  core.parts().caches->get(cache);
  return core.ask<key_statistics>(core.timeout(), key_request{cache, key});
}

predictions engine::predict(predict_request request) {
  auto& core = *implementation_->core;
  return core.ask<predictions>(core.timeout(), request);
}

void engine::forget(const std::string& cache) {
  auto& core = *implementation_->core;
  core.parts().caches->get(cache);
  core.ask<flushed>(core.timeout() * 2, forget_request{cache});
}

bool engine::flush() {
  constexpr auto stages_timeout = std::chrono::seconds{50};  // three stages of at most 15 s
  return implementation_->core->ask<flushed>(stages_timeout, flush_request{}).complete;
}

}  // namespace stoker
