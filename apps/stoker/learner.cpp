#include "apps/stoker/learner.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <cmath>
#include <optional>

#include "actors/history/historian_actor.hpp"
#include "actors/prediction/predictor_actor.hpp"
#include "actors/tracking/collector_actor.hpp"
#include "actors/tracking/tracker_actor.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/memory/memory_cache.hpp"

namespace stoker::cli {

namespace {

// Accesses of one batch share its time: a new one begins when time has gone on by this much.
constexpr duration batch_span = std::chrono::seconds{1};
// A batch stays well within a recorder's ring, even when its keys are long.
constexpr std::uint64_t batch_bytes = tracking_defaults::ring_bytes / 4;
constexpr std::uint64_t record_overhead_bytes = 64;
constexpr std::uint64_t accesses_per_step = 4096;  // between two words of progress
// So many are written to disk at once, without a wait.
constexpr std::uint32_t keys_per_write = 10'000;
// One wait for the historian, which writes behind, and how many there may be: a write takes one at most.
constexpr duration write_behind_step = std::chrono::milliseconds{250};
constexpr int most_steps = 10'000;

struct system_config : caf::actor_system_config {
  system_config() {
    register_types(*this);
    // The scheduler that runs when it is told to, in the caller's thread: no order is left to chance.
    set("scheduler.policy", caf::atom("testing"));
  }
};

memory_cache_config beside(const learner_config& config) {
  memory_cache_config memory;
  memory.capacity_entries = config.cache_entries;
  memory.policy = default_eviction;
  memory.shards = 1;
  memory.every_departure = true;
  return memory;
}

access_outcome outcome_of(lookup found) {
  return found == lookup::miss ? access_outcome::miss : access_outcome::hit;
}

}  // namespace

class learner::implementation {
 public:
  explicit implementation(const learner_config& config)
      : config_(config),
        history_(open_history({config.history_folder})),
        scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())),
        entries_(std::make_shared<memory_cache>(beside(config))),
        now_(config.now) {
    if (history_.state == history_state::in_memory)
      throw error{errc::history_failed, "history " + config.history_folder + ": " + history_.detail};
    spawn_actors();
    run();
  }

  ~implementation() {
    peers_->clear();
    for (const auto& handle : actors_) caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
    actors_.clear();
    collector_ = nullptr;
    predictor_ = nullptr;
    tracker_ = nullptr;
    historian_ = nullptr;
    run();
  }

  void learn(const trace& recorded, const std::function<void(std::uint64_t)>& step) {
    for (std::size_t i = 0; i < recorded.accesses.size(); ++i) {
      at_time(recorded.times[i]);
      access(recorded, i);
      if (step && i % accesses_per_step == 0) step(i);
    }
    pass_on();
  }

  learned finish() {
    pass_on();
    // The model first: it is a document like any other, and durable with the last flush.
    const bool complete = ask<flushed>(predictor_, flush_request{}).complete &&
                          ask<flushed>(tracker_, flush_request{}).complete &&
                          ask<flushed>(historian_, flush_history{}).complete;
    if (!complete)
      throw error{errc::history_failed,
                  "history " + config_.history_folder + ": not everything could be kept"};
    return result();
  }

 private:
  template <class Handle>
  Handle keep(Handle handle) {
    actors_.push_back(caf::actor_cast<caf::actor>(handle));
    return handle;
  }

  void spawn_actors() {
    const clock_function clock = [this] { return now_; };
    historian_config keeping;
    keeping.history = history_;
    keeping.now = clock;
    peers_->historian(historian_ = keep(system_.spawn(historian, keeping)));
    tracker_config tracking;
    tracking.peers = peers_;
    tracking.now = clock;
    tracking.write_keys = keys_per_write;
    tracking.flush_deadline = most_steps * write_behind_step;
    peers_->tracker(0, tracker_ = keep(system_.spawn(tracker, tracking)));
    predictor_actor_config predicting;
    predicting.cache = config_.cache;
    predicting.peers = peers_;
    predicting.now = clock;
    predicting.core.point = config_.point;
    predicting.core.opaque_keys = config_.opaque_keys;
    predicting.observe = true;
    predicting.core.cache_entries = static_cast<std::uint32_t>(config_.cache_entries);
    predicting.entries = entries_;
    peers_->predictor(config_.cache, predictor_ = keep(system_.spawn(cache_predictor, predicting)));
    collector_config collecting;
    collecting.cache = config_.cache;
    collecting.source = accesses_;
    collecting.peers = peers_;
    collecting.now = [this] { return trace_now_; };
    collector_ = keep(system_.spawn(collector, collecting));
  }

  void run() { scheduler_.run(); }

  // The trace's clock; what was recorded before it moves on is passed on with the time it had.
  void at_time(double seconds) {
    const time_point time{duration{std::llround(seconds * 1e9)}};
    if (waiting_bytes_ > 0 && time - trace_now_ >= batch_span) pass_on();
    if (waiting_bytes_ == 0) trace_now_ = time;
  }

  void access(const trace& recorded, std::size_t i) {
    const auto& key = recorded.keys[recorded.accesses[i]];
    const auto hash = hash_key(key);
    const auto outcome = outcome_of(entries_->get(key, hash, now_).outcome);
    if (outcome == access_outcome::miss)
      entries_->fill(key, entries_->begin_fill(key), nothing_, {}, filled_by::user, now_);
    else
      ++hits_;
    ++count_;
    record(recorded, i, key, hash, outcome);
    // At once, as a live recorder does: what follows a miss is what is predicted.
    if (outcome == access_outcome::miss || waiting_bytes_ >= batch_bytes) pass_on();
  }

  void record(const trace& recorded, std::size_t i, const std::string& key, std::uint64_t hash,
              access_outcome outcome) {
    const auto size = recorded.sizes.empty() ? 0 : recorded.sizes[i];
    const auto cost = recorded.costs_us.empty() || outcome != access_outcome::miss ? 0 : recorded.costs_us[i];
    access_details details;
    if (!recorded.subjects.empty()) details.subject = recorded.subject_names[recorded.subjects[i]];
    accesses_->record(key, outcome, size, cost, hash, 0, details);
    waiting_bytes_ += key.size() + details.subject.size() + record_overhead_bytes;
  }

  void pass_on() {
    caf::anon_send(collector_, flush_request{});
    run();
    waiting_bytes_ = 0;
  }

  // Asks, and lets time pass until the answer is there.
  template <class Answer, class Handle, class Question>
  Answer ask(const Handle& whom, const Question& question) {
    auto answer = std::make_shared<std::optional<Answer>>();
    auto failure = std::make_shared<std::string>("it did not answer");
    const auto put = [=](caf::event_based_actor* self, const Handle& asked) {
      self->request(asked, caf::infinite, question)
          .then([=](const Answer& got) { *answer = got; },
                [=](const caf::error& reason) { *failure = stoker::describe(reason); });
    };
    system_.spawn(put, whom);
    run();
    for (int step = 0; !*answer && step < most_steps; ++step) {
      now_ += write_behind_step;
      scheduler_.advance_time(write_behind_step);
      run();
    }
    if (!*answer) throw error{errc::history_failed, "history " + config_.history_folder + ": " + *failure};
    return **answer;
  }

  learned result() {
    const auto seen = ask<predictor_status>(predictor_, status_request{});
    const auto known = ask<access_patterns>(tracker_, patterns_request{config_.cache, now_});
    learned all;
    all.accesses = count_;
    all.hits = hits_;
    all.shadow_hits = seen.shadow_hits;
    all.proposed = seen.proposed;
    all.shadow_load = seen.shadow_load;
    all.keys = known.unique_keys;
    all.accesses_known = known.total_accesses;
    all.model_keys = seen.keys;
    if (history_.state == history_state::set_aside) all.history_detail = history_.detail;
    return all;
  }

  learner_config config_;
  opened_history history_;
  system_config system_config_;
  caf::actor_system system_{system_config_};
  caf::scheduler::test_coordinator& scheduler_;
  std::shared_ptr<directory> peers_ = std::make_shared<directory>();
  std::shared_ptr<memory_cache> entries_;
  std::shared_ptr<recorder> accesses_ = std::make_shared<recorder>();
  historian_actor historian_;
  tracker_actor tracker_;
  predictor_actor predictor_;
  collector_actor collector_;
  std::vector<caf::actor> actors_;
  const value nothing_{"x"};         // what every key holds
  time_point now_;                   // of everyone but the collector
  time_point trace_now_{};           // the collector's
  std::uint64_t waiting_bytes_ = 0;  // in the recorder
  std::uint64_t count_ = 0;
  std::uint64_t hits_ = 0;
};

learner::learner(const learner_config& config) : implementation_(std::make_unique<implementation>(config)) {}

learner::~learner() = default;

void learner::learn(const trace& recorded, const std::function<void(std::uint64_t)>& step) {
  implementation_->learn(recorded, step);
}

learned learner::finish() {
  return implementation_->finish();
}

}  // namespace stoker::cli
