#include "actors/engine/engine_core.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <variant>

#include "actors/engine/engine_actor.hpp"
#include "actors/memory/heap.hpp"

namespace stoker {

namespace {

// A run without a deadline of its own ends by the warmer's default; the answer may take this much longer.
constexpr duration default_run_deadline = std::chrono::minutes{30};
constexpr duration run_grace = std::chrono::minutes{1};
// Passing everything on at the end: three stages of at most 15 s each.
constexpr duration last_flush_timeout = std::chrono::seconds{50};

struct system_config : caf::actor_system_config {
  system_config() {
    register_types(*this);
    // Workers that steal poll for work: 9 % of a core for an engine that does nothing. Accesses come in
    // batches, so that one queue for all workers is no bottleneck.
    set("scheduler.policy", caf::atom("sharing"));
  }
};

}  // namespace

struct engine_core::own_system {
  system_config config;
  caf::actor_system system{config};
};

std::unique_ptr<engine_core::own_system> engine_core::make_system() {
  const logger_loan loan;
  return std::make_unique<own_system>();
}

engine_core::engine_core(engine_config config, caf::actor_system* host)
    : parts_(make_parts(std::move(config))),
      own_(host == nullptr ? make_system() : nullptr),
      system_(host == nullptr ? &own_->system : host),
      async_(std::make_unique<load_threads>()) {
  const logger_loan loan;
  actor_ = system_->spawn(engine_supervisor, parts_);
}

engine_core::~engine_core() {
  shut_down();
}

void engine_core::shut_down() {
  if (stopped_) return;
  try {
    ask<flushed>(last_flush_timeout, flush_request{});
  } catch (const error&) {
    // What could not be kept is lost within the history's own promise; the engine ends all the same.
  }
  stopped_ = true;
  async_.reset();
  const logger_loan loan;
  {
    caf::scoped_actor self{*system_};
    self->send_exit(actor_, caf::exit_reason::user_shutdown);
    self->wait_for(actor_);
  }
  actor_ = nullptr;
  parts_.peers->clear();
  parts_.loaders->clear();
  for (const auto& cache : parts_.caches->all()) parts_.caches->remove(cache->config.name);
  own_.reset();
}

std::shared_ptr<managed_cache> engine_core::add_cache(cache_config config) {
  check_running();
  validate(config);
  const auto name = config.name;
  auto added = std::make_shared<managed_cache>(std::move(config), shared_from_this(), parts_.config.now);
  parts_.caches->add(name, added);
  try {
    ask<flushed>(timeout(), cache_added{name});
  } catch (const error&) {
    parts_.caches->remove(name);
    throw;
  }
  return added;
}

key_frequency engine_core::frequency(const frequency_request& request) {
  return ask<key_frequency>(timeout(), request);
}

void engine_core::describe(const key_description& description) {
  check_running();
  caf::anon_send(actor_, description);
}

void engine_core::wake_collector(const std::string& cache) noexcept {
  if (auto collector = parts_.peers->collector(cache)) caf::anon_send(collector, flush_request{});
}

void engine_core::happened(cache_event event) noexcept {
  if (auto scheduler = parts_.peers->scheduler()) caf::anon_send(scheduler, std::move(event));
}

void engine_core::trim(const std::string& cache) {
  if (stopped_) return;
  async_->run([peers = parts_.peers, cache] {
    memory_event event;
    event.kind = memory_event_kind::trimmed;
    event.cache = cache;
    event.bytes = trim_heap(system_files());
    if (auto monitor = peers->memory_monitor()) caf::anon_send(monitor, std::move(event));
  });
}

bool engine_core::run_async(std::function<void()> task) {
  check_running();
  return async_->run(std::move(task));
}

void engine_core::check_running() const {
  if (stopped_) throw error{errc::stopped, "the engine has been shut down"};
}

std::string engine_core::explain(const caf::error& reason) {
  if (reason == caf::sec::request_timeout)
    return "the engine did not answer in time; status() tells which actor is slow or down";
  return stoker::describe(reason);
}

duration engine_core::run_timeout(duration deadline) {
  return (deadline > duration::zero() ? deadline : default_run_deadline) + run_grace;
}

namespace {

// What a run sends to the thread that waits for it.
template <class Report>
class run_watch {
 public:
  using event = std::variant<warm_progress, Report, caf::error>;

  void push(event added) {
    {
      std::lock_guard guard{mutex_};
      events_.push_back(std::move(added));
    }
    changed_.notify_one();
  }

  // Blocks until there is one. The relay's request has a deadline, so that one always comes.
  event pop() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !events_.empty(); });
    auto next = std::move(events_.front());
    events_.pop_front();
    return next;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<event> events_;
};

// Asks for the run and passes on what comes back.
template <class Report, class Request>
caf::behavior relay(caf::event_based_actor* self, engine_actor engine, Request request, duration timeout,
                    std::shared_ptr<run_watch<Report>> watch) {
  self->request(engine, timeout, std::move(request), caf::actor_cast<caf::strong_actor_ptr>(self))
      .then(
          [self, watch](Report& report) {
            watch->push(std::move(report));
            self->quit();
          },
          [self, watch](caf::error& failure) {
            watch->push(std::move(failure));
            self->quit();
          });
  return {[watch](const warm_progress& progress) { watch->push(progress); }};
}

}  // namespace

template <class Report, class Request>
Report engine_core::watch(const Request& request, duration patience,
                          const std::function<void(const warm_progress&)>& progress) const {
  check_running();
  auto events = std::make_shared<run_watch<Report>>();
  const logger_loan loan;
  system_->spawn(relay<Report, Request>, actor_, request, patience, events);
  for (;;) {
    auto next = events->pop();
    if (auto* step = std::get_if<warm_progress>(&next)) {
      progress(*step);
    } else if (auto* failure = std::get_if<caf::error>(&next)) {
      throw error{code_of(*failure), explain(*failure)};
    } else {
      return std::get<Report>(std::move(next));
    }
  }
}

template warm_report engine_core::watch(const warm_request&, duration,
                                        const std::function<void(const warm_progress&)>&) const;
template warm_set_report engine_core::watch(const warm_together_request&, duration,
                                            const std::function<void(const warm_progress&)>&) const;

}  // namespace stoker
