// What the caches share: origins, memory, history, schedules, actors.
#include "apps/control/metrics/sections.hpp"

#include "actors/memory/pressure.hpp"

namespace stoker::control {

namespace {

void add_origin_limits(metric_families& into, const engine_status& status) {
  auto& rate = into.gauge("origin_rate_limit_per_second", "Loads a second that it may be asked for.");
  auto& tokens = into.gauge("origin_tokens", "Loads that its rate limit leaves now; negative in debt.");
  auto& byte_rate = into.gauge("origin_byte_limit_per_second", "Bytes of values a second that it may give.");
  auto& byte_tokens = into.gauge("origin_byte_tokens", "Bytes that this limit leaves now; negative in debt.");
  auto& most = into.gauge("origin_in_flight_limit", "Warming loads at once.");
  auto& capacity = into.gauge("origin_queue_capacity_items", "Warming loads that may wait.");
  auto& breaker = into.gauge("origin_breaker_state", "1 for the state that its breaker is in.");
  auto& paused = into.gauge("origin_paused", "1 while it has asked to slow down.");
  for (const auto& origin : status.origins) {
    const metric_labels labels{{"origin", origin.origin}};
    if (origin.rate_per_s > 0) {
      rate.add(origin.rate_per_s, labels);
      tokens.add(origin.tokens, labels);
    }
    if (const auto& bytes = origin.limits.bytes; bytes.tokens > 0) {
      byte_rate.add(bytes.tokens / seconds_of(bytes.interval), labels);
      byte_tokens.add(origin.byte_tokens, labels);
    }
    most.add(static_cast<double>(origin.max_in_flight), labels);
    capacity.add(static_cast<double>(origin.queue_capacity), labels);
    for (const auto state : {breaker_state::closed, breaker_state::open, breaker_state::half_open})
      breaker.add(origin.breaker == state ? 1 : 0, {{"origin", origin.origin}, {"state", to_string(state)}});
    paused.add(origin.paused_until > status.at ? 1 : 0, labels);
  }
}

void add_schedule_times(metric_families& into, const engine_status& status) {
  auto& last = into.gauge("schedule_last_run_timestamp_seconds", "When a schedule ran last.");
  auto& next = into.gauge("schedule_next_run_timestamp_seconds", "When it runs next, where that is known.");
  auto& took = into.gauge("schedule_last_run_seconds", "How long its last run took.");
  auto& succeeded = into.gauge("schedule_last_run_success", "1 when its last run succeeded.");
  for (const auto& each : status.scheduler.schedules) {
    const metric_labels labels{{"schedule", each.id}, {"cache", each.cache}};
    last.add_time(each.last_run, labels);
    next.add_time(each.next_run, labels);
    if (each.last_run == time_point{}) continue;
    took.add(seconds_of(each.took), labels);
    succeeded.add(each.succeeded ? 1 : 0, labels);
  }
}

// "warmer pages" -> warmer, pages.
metric_labels labels_of_actor(const std::string& name, const std::vector<std::string>& roles) {
  for (const auto& role : roles) {
    if (name == role) return {{"actor", role}, {"name", ""}};
    if (name.starts_with(role + ' ')) return {{"actor", role}, {"name", name.substr(role.size() + 1)}};
  }
  return {{"actor", name}, {"name", ""}};
}

}  // namespace

void add_origin_metrics(metric_families& into, const engine_status& status) {
  auto& requests = into.counter("origin_requests_total", "Loads by who asked for them (user, warmer).");
  auto& failures = into.counter("origin_failures_total", "Loads that failed.");
  auto& shed =
      into.counter("origin_shed_total", "Warming loads that never started: its limits left no room.");
  auto& throttled =
      into.counter("origin_throttled_total", "Warming loads that it answered by asking to slow down.");
  auto& bytes = into.counter("origin_bytes_total", "Bytes of values by who asked for them (user, warmer).");
  auto& in_flight = into.gauge("origin_in_flight", "Warming loads under way.");
  auto& queued = into.gauge("origin_queue_items", "Warming loads that wait.");
  auto& mean = into.gauge("origin_load_seconds", "How long a load takes, smoothed.");
  for (const auto& origin : status.origins) {
    const metric_labels labels{{"origin", origin.origin}};
    requests.add(static_cast<double>(origin.demand_loads), {{"origin", origin.origin}, {"class", "user"}});
    requests.add(static_cast<double>(origin.warming_loads), {{"origin", origin.origin}, {"class", "warmer"}});
    bytes.add(static_cast<double>(origin.demand_bytes), {{"origin", origin.origin}, {"class", "user"}});
    bytes.add(static_cast<double>(origin.warming_bytes), {{"origin", origin.origin}, {"class", "warmer"}});
    failures.add(static_cast<double>(origin.failures), labels);
    shed.add(static_cast<double>(origin.shed), labels);
    throttled.add(static_cast<double>(origin.throttled), labels);
    in_flight.add(static_cast<double>(origin.in_flight), labels);
    queued.add(static_cast<double>(origin.queued), labels);
    mean.add(seconds_of(origin.mean_load), labels);
  }
  add_origin_limits(into, status);
}

void add_memory_metrics(metric_families& into, const engine_status& status) {
  const auto& memory = status.memory;
  auto& level = into.gauge("memory_pressure_level", "1 for the level that memory is at.");
  for (const auto each :
       {pressure_level::low, pressure_level::moderate, pressure_level::high, pressure_level::critical})
    level.add(memory.level == each ? 1 : 0, {{"level", to_string(each)}});
  const auto bytes = [&](const char* name, const char* help, std::uint64_t value) {
    into.gauge(name, help).add(static_cast<double>(value));
  };
  into.gauge("memory_used_ratio", "Memory in use / limit.").add(memory.used_share);
  into.gauge("memory_stall_ratio", "Share of time that some task waited for memory (PSI, 10 s).")
      .add(memory.reading.stall_share);
  bytes("memory_limit_bytes", "The tightest limit; 0: none is known.", memory.reading.limit_bytes);
  bytes("memory_used_bytes", "In use against that limit.", memory.reading.used_bytes);
  bytes("memory_available_bytes", "What could still be taken.", memory.reading.available_bytes);
  bytes("memory_process_bytes", "Resident set of this process.", memory.reading.process_bytes);
  const auto& arbiter = status.arbiter;
  bytes("memory_budget_bytes", "What warming may take now.", arbiter.budget_bytes);
  bytes("memory_leased_bytes", "Of that, leased.", arbiter.leased_bytes);
  bytes("memory_leases", "Leases that are out.", arbiter.leases);
  into.counter("memory_lease_requests_total", "Requests for leases, by result.")
      .add(static_cast<double>(arbiter.granted), {{"result", "granted"}})
      .add(static_cast<double>(arbiter.refused), {{"result", "refused"}});
  into.gauge("memory_adaptive_share_ratio", "Share of available memory that policy adaptive takes now.")
      .add(arbiter.adaptive_share);
}

void add_history_metrics(metric_families& into, const engine_status& status) {
  const auto& history = status.history;
  const auto count = [](std::uint64_t value) { return static_cast<double>(value); };
  into.counter("history_records_written_total", "Records that are durable.")
      .add(count(history.records_written));
  into.counter("history_batches_written_total", "Batches that were written.")
      .add(count(history.batches_written));
  into.counter("history_write_errors_total", "Writes and reads that failed.")
      .add(count(history.write_errors));
  into.gauge("history_records_waiting", "Records that are not durable yet.")
      .add(count(history.records_waiting));
  into.gauge("history_bytes", "Size on disk.").add(count(history.bytes_on_disk));
  into.gauge("history_loss_window_seconds", "What a crash may lose.").add(seconds_of(history.loss_window));
  into.gauge("history_oldest_waiting_seconds", "For how long something has waited to be durable.")
      .add(seconds_of(history.oldest_waiting));
  into.gauge("history_last_write_timestamp_seconds", "When a batch became durable last.")
      .add_time(history.last_write);
  auto& state = into.gauge("history_state", "1 for how the history was found at start.");
  for (const auto each :
       {history_state::opened, history_state::created, history_state::set_aside, history_state::in_memory})
    state.add(history.state == each ? 1 : 0, {{"state", to_string(each)}});
}

void add_schedule_metrics(metric_families& into, const engine_status& status) {
  const auto& scheduler = status.scheduler;
  into.gauge("background_warming_running", "1 while background warming is started.")
      .add(scheduler.running ? 1 : 0);
  into.counter("schedule_cycles_total", "Runs of schedules, ever.")
      .add(static_cast<double>(scheduler.cycles));
  into.gauge("machine_load_ratio", "Load of the machine / the limit above which runs are put off.")
      .add(scheduler.machine_load);
  auto& runs = into.counter("schedule_runs_total", "Runs of a schedule.");
  auto& failures = into.counter("schedule_failures_total", "Of these, failed.");
  auto& deferrals =
      into.counter("schedule_deferrals_total", "Runs that waited for the machine to be less loaded.");
  auto& interval = into.gauge("schedule_interval_seconds", "Its interval, where it has one.");
  for (const auto& each : scheduler.schedules) {
    const metric_labels labels{{"schedule", each.id}, {"cache", each.cache}};
    runs.add(static_cast<double>(each.runs), labels);
    failures.add(static_cast<double>(each.failures), labels);
    deferrals.add(static_cast<double>(each.deferrals), labels);
    if (each.interval > duration::zero()) interval.add(seconds_of(each.interval), labels);
  }
  add_schedule_times(into, status);
}

void add_actor_metrics(metric_families& into, const engine_status& status) {
  static const std::vector<std::string> roles{"memory monitor", "arbiter", "collector", "historian",
                                              "loader",         "origin",  "predictor", "scheduler",
                                              "tracker",        "warmer"};
  auto& up = into.gauge("actor_up", "1 while an actor runs; 0 while it waits for its restart.");
  auto& restarts = into.counter("actor_restarts_total", "How often it was started again.");
  auto& mailbox = into.gauge("actor_mailbox_messages", "Messages that wait for it, by its own account.");
  for (const auto& actor : status.actors) {
    const auto labels = labels_of_actor(actor.name, roles);
    up.add(actor.condition == actor_condition::running ? 1 : 0, labels);
    restarts.add(actor.restarts, labels);
    mailbox.add_known(static_cast<double>(actor.mailbox), labels);
  }
  into.gauge("actors_missing", "Actors that did not answer in time.")
      .add(static_cast<double>(status.missing.size()));
}

}  // namespace stoker::control
