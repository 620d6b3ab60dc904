// What stands behind the public face: the parts, the engine's actor, and how plain threads talk to it.
//
// Ownership: shared by the engine and by the caches' handles, so that a handle that outlives its engine still
// reads through; asking the engine then throws errc::stopped. Threads: any, but not from within an actor:
// asking blocks.
#pragma once

#include <atomic>
#include <caf/all.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/engine/engine_parts.hpp"
#include "actors/engine/managed_cache.hpp"
#include "messages/actors.hpp"
#include "storage/origins/load_threads.hpp"

namespace stoker {

// A thread that makes an actor system, spawns an actor or asks one keeps CAF's logger, a part of the system
// that the system's end waits for: for ever, where another thread than this one ends it. This gives it back.
class logger_loan {
 public:
  logger_loan() : had_one_(caf::logger::current_logger() != nullptr) {}
  // A thread of the host's own system keeps what it had.
  ~logger_loan() {
    if (!had_one_) caf::logger::set_current_actor_system(nullptr);
  }
  logger_loan(const logger_loan&) = delete;
  logger_loan& operator=(const logger_loan&) = delete;

 private:
  bool had_one_;
};

class engine_core final : public engine_link, public std::enable_shared_from_this<engine_core> {
 public:
  // `host` is null for a system of its own.
  engine_core(engine_config config, caf::actor_system* host);
  ~engine_core() override;

  void shut_down();

  std::shared_ptr<managed_cache> add_cache(cache_config config);

  key_frequency frequency(const frequency_request& request) override;
  void describe(const key_description& description) override;
  void wake_collector(const std::string& cache) noexcept override;
  void trim(const std::string& cache) override;
  void happened(cache_event event) noexcept override;
  bool run_async(std::function<void()> task) override;

  // Asks the engine's actor and waits for the answer; throws stoker::error.
  template <class Answer, class... Ts>
  Answer ask(duration timeout, const Ts&... question) const {
    check_running();
    const logger_loan loan;
    caf::scoped_actor self{*system_};
    std::optional<Answer> result;
    std::optional<error> failure;
    self->request(actor_, timeout, question...)
        .receive([&](Answer& answer) { result = std::move(answer); },
                 [&](const caf::error& reason) { failure.emplace(code_of(reason), explain(reason)); });
    if (failure) throw error{*failure};
    return std::move(*result);
  }

  // What one of several questions came to.
  template <class Answer>
  struct settled {
    std::optional<Answer> answer;
    std::string failure;  // without an answer: why
  };

  // The same of several at once: none waits for another's answer, and one that fails is part of the result.
  template <class Answer, class Question>
  std::vector<settled<Answer>> ask_each(duration timeout, const std::vector<Question>& questions) const {
    check_running();
    const logger_loan loan;
    caf::scoped_actor self{*system_};
    std::vector<settled<Answer>> all(questions.size());
    std::vector<decltype(self->request(actor_, timeout, questions.front()))> asked;
    for (const auto& question : questions) asked.push_back(self->request(actor_, timeout, question));
    for (std::size_t i = 0; i < asked.size(); ++i)
      asked[i].receive([&](Answer& answer) { all[i].answer = std::move(answer); },
                       [&](const caf::error& reason) { all[i].failure = explain(reason); });
    return all;
  }

  // The same for a run or a pass over caches, with its progress given to `progress` in this thread.
  template <class Report, class Request>
  Report watch(const Request& request, duration patience,
               const std::function<void(const warm_progress&)>& progress) const;
  // How long to wait for the report of a run with this deadline.
  static duration run_timeout(duration deadline);

  const engine_parts& parts() const noexcept { return parts_; }
  const engine_actor& actor() const noexcept { return actor_; }
  duration timeout() const noexcept { return parts_.config.request_timeout; }
  time_point now() const { return parts_.config.now(); }

 private:
  void check_running() const;
  static std::string explain(const caf::error& reason);

  struct own_system;
  static std::unique_ptr<own_system> make_system();

  engine_parts parts_;
  std::unique_ptr<own_system> own_;  // empty when it joined a host's
  caf::actor_system* system_;
  engine_actor actor_;
  std::unique_ptr<load_threads> async_;
  std::atomic<bool> stopped_{false};
};

}  // namespace stoker
