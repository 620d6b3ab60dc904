// Peers of the actors under test: each does what the test's script says, and writes down what it was asked.
#pragma once

#include <caf/all.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/actors.hpp"

namespace stoker::test {

// What a scripted peer does with one item that it is asked to load.
enum class deed { store, present, absent, fail, throttle, refuse, shed, hang, die };

struct load_script {
  std::function<deed(const load_item&)> decide = [](const load_item&) { return deed::store; };
  std::vector<std::string> asked;  // keys
  duration retry_after{};
  std::uint32_t bytes = 100;
  bool answers_probes = true;  // requests without items
};

inline load_receipt receipt_for(const load_script& script, const load_item& item, deed what) {
  load_receipt receipt;
  receipt.key = item.key;
  receipt.bytes = script.bytes;
  receipt.took = std::chrono::milliseconds{3};
  switch (what) {
    case deed::store:
      receipt.status = load_status::stored;
      break;
    case deed::present:
      receipt.status = load_status::present;
      break;
    case deed::absent:
      receipt.status = load_status::absent;
      break;
    case deed::throttle:
      receipt.status = load_status::throttled;
      receipt.retry_after = script.retry_after;
      break;
    case deed::refuse:
      receipt.status = load_status::refused;
      break;
    case deed::shed:
      receipt.status = load_status::shed;
      break;
    case deed::fail:
    case deed::hang:
    case deed::die:
      receipt.status = load_status::failed;
      receipt.error = "scripted";
      break;
  }
  return receipt;
}

// Answers a load_request by the script; a promise that is given up is never answered.
template <class Self>
caf::result<load_receipts> answer_loads(Self* self, load_script& script, const load_request& request) {
  load_receipts answer;
  if (request.items.empty() && !script.answers_probes)
    return self->template make_response_promise<load_receipts>();
  for (const auto& item : request.items) {
    script.asked.push_back(item.key);
    const auto what = script.decide(item);
    if (what == deed::hang) return self->template make_response_promise<load_receipts>();
    if (what == deed::die) {
      self->quit(caf::exit_reason::kill);
      return self->template make_response_promise<load_receipts>();
    }
    answer.receipts.push_back(receipt_for(script, item, what));
  }
  return answer;
}

inline loader_actor::behavior_type stub_loader(loader_actor::pointer self,
                                               std::shared_ptr<load_script> script) {
  return {[self, script](const load_request& request) { return answer_loads(self, *script, request); }};
}

inline origin_actor::behavior_type stub_origin(origin_actor::pointer self,
                                               std::shared_ptr<load_script> script) {
  return {[self, script](const load_request& request) { return answer_loads(self, *script, request); },
          [](const origin_demand&) {}, [](const origin_limits&) {},
          [](status_request) { return origin_status{}; }, [](tick) {}};
}

struct tracker_script {
  std::vector<ranked_key> keys;
  bool silent = false;
  std::vector<top_request> asked;
  std::vector<key_statistics> known;      // of single keys
  std::vector<ranked_key> subjects_keys;  // of every subject
  std::vector<subject_request> asked_subjects;
};

inline tracker_actor::behavior_type stub_tracker(tracker_actor::pointer self,
                                                 std::shared_ptr<tracker_script> script) {
  return {[](const access_batch&) {},
          [](const key_description&) {},
          [self, script](const top_request& request) -> caf::result<ranked_keys> {
            script->asked.push_back(request);
            if (script->silent) return self->make_response_promise<ranked_keys>();
            return ranked_keys{script->keys};
          },
          [self, script](const key_request& request) -> caf::result<key_statistics> {
            if (script->silent) return self->make_response_promise<key_statistics>();
            for (const auto& each : script->known)
              if (each.key == request.key) return each;
            return key_statistics{request.key};
          },
          [](const frequency_request&) { return key_frequency{}; },
          [self, script](const subject_request& request) -> caf::result<ranked_keys> {
            script->asked_subjects.push_back(request);
            if (script->silent) return self->make_response_promise<ranked_keys>();
            return ranked_keys{script->subjects_keys};
          },
          [](const patterns_request&) { return access_patterns{}; },
          [](const forget_request&) { return flushed{}; },
          [](flush_request) { return flushed{}; },
          [](status_request) { return tracker_status{}; },
          [](tick) {}};
}

struct arbiter_script {
  std::uint64_t most_bytes = 1 << 30;
  bool silent = false;
  std::vector<lease_request> asked;
  std::vector<lease_return> returned;
};

inline arbiter_actor::behavior_type stub_arbiter(arbiter_actor::pointer self,
                                                 std::shared_ptr<arbiter_script> script) {
  return {[self, script](const lease_request& request) -> caf::result<lease> {
            script->asked.push_back(request);
            if (script->silent) return self->make_response_promise<lease>();
            const auto bytes = std::min(request.bytes, script->most_bytes);
            return lease{bytes == 0 ? 0 : script->asked.size(), bytes, bytes == 0 ? "scripted" : ""};
          },
          [script](const lease_return& given_back) { script->returned.push_back(given_back); },
          [](const pressure_event&) {}, [](status_request) { return arbiter_status{}; }, [](tick) {}};
}

using outcome_list = std::vector<prefetch_outcome>;

inline predictor_actor::behavior_type stub_predictor(predictor_actor::pointer,
                                                     std::shared_ptr<outcome_list> told) {
  return {[](const access_batch&) {},
          [told](const prefetch_outcomes& news) {
            told->insert(told->end(), news.outcomes.begin(), news.outcomes.end());
          },
          [](const predict_request&) { return predictions{}; },
          [](flush_request) { return flushed{}; },
          [](status_request) { return predictor_status{}; },
          [](tick) {}};
}

using document_map = std::map<std::pair<document_kind, std::string>, std::string>;

inline historian_actor::behavior_type stub_historian(historian_actor::pointer,
                                                     std::shared_ptr<document_map> documents) {
  return {[](const history_write&) { return history_receipt{}; },
          [](const history_page_request&) { return history_page{}; },
          [documents](const document& kept) {
            (*documents)[{kept.kind, kept.name}] = kept.bytes;
            return history_receipt{};
          },
          [documents](const document_request& asked) {
            return document{asked.kind, asked.name, (*documents)[{asked.kind, asked.name}]};
          },
          [](const forget_request&) { return flushed{}; },
          [](const flush_history&) { return flushed{}; },
          [](status_request) { return historian_status{}; },
          [](tick) {}};
}

// Writes down what warmers tell of memory.
inline memory_monitor_actor::behavior_type stub_monitor(memory_monitor_actor::pointer,
                                                        std::shared_ptr<std::vector<memory_event>> told) {
  return {[](status_request) { return memory_report{}; },
          [told](const memory_event& event) { told->push_back(event); },
          [](memory_events_request) { return memory_events{}; }, [](tick) {}};
}

// An answer that may come later, or an error's text.
template <class Answer>
struct pending_answer {
  std::optional<Answer> answer;
  std::string failure;
  bool settled() const { return answer.has_value() || !failure.empty(); }
};

// Asks from an actor of its own, which ends when the answer is there.
template <class Answer, class Handle, class... Ts>
std::shared_ptr<pending_answer<Answer>> ask_later(caf::actor_system& system, const Handle& whom, Ts... xs) {
  auto pending = std::make_shared<pending_answer<Answer>>();
  const auto ask = [=](caf::event_based_actor* self, const Handle& asked) {
    self->request(asked, caf::infinite, xs...)
        .then([pending](Answer& answer) { pending->answer = std::move(answer); },
              [pending](caf::error& why) { pending->failure = describe(why); });
  };
  system.spawn(ask, whom);
  return pending;
}

}  // namespace stoker::test
