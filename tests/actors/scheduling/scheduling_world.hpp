// A scheduler among doubles: a warmer that answers, fails or keeps silent, a historian that keeps one
// document, a tracker that has seen every key.
#pragma once

#include <memory>
#include <vector>

#include "actors/scheduling/scheduler_actor.hpp"
#include "messages/timetable_codec.hpp"
#include "tests/fixtures/actor_fixture.hpp"

namespace stoker::test {

using namespace std::chrono_literals;

// A warmer that answers at once, fails, or never answers.
struct warmer_double {
  std::vector<warm_request> seen;
  bool fail = false;
  bool silent = false;
};

inline warmer_actor::behavior_type fake_warmer(warmer_actor::pointer self,
                                               std::shared_ptr<warmer_double> state) {
  return {
      [=](const warm_request& request) -> caf::result<warm_report> {
        state->seen.push_back(request);
        if (state->silent) return self->make_response_promise();
        if (state->fail) return make_error(errc::load_failed, "the origin is down");
        warm_report report;
        report.selected = report.warmed = 3;
        report.run = state->seen.size();
        return report;
      },
      [](const warm_request&, const caf::strong_actor_ptr&) { return warm_report{}; },
      [](const warm_plan&) { return warm_report{}; },
      [](const plan_request&) { return warm_plan{}; },
      [](cancel_run) { return warmer_status{}; },
      [](const prefetch_request&) {},
      [](const pressure_event&) {},
      [](const access_batch&) {},
      [](const rollback_run&) { return rollback_report{}; },
      [=](const report_request& asked) {
        warm_report report;
        report.run = asked.run;
        report.warmed = 3;
        report.used = 2;
        report.hit_ratio_before = 0.5;
        report.hit_ratio_after = 0.75;
        return report;
      },
      [](const environment_request&) { return environment_report{}; },
      [](status_request) { return warmer_status{}; },
      [](tick) {},
  };
}

// A historian that keeps the last document of each name, or refuses everything.
inline historian_actor::behavior_type fake_historian(historian_actor::pointer, std::shared_ptr<document> kept,
                                                     bool broken) {
  return {
      [](const history_write&) { return history_receipt{}; },
      [](const history_page_request&) { return history_page{}; },
      [=](const document& added) -> caf::result<history_receipt> {
        if (broken) return make_error(errc::history_failed, "disk full");
        *kept = added;
        return history_receipt{};
      },
      [=](const document_request& wanted) -> caf::result<document> {
        if (broken) return make_error(errc::history_failed, "disk full");
        return document{wanted.kind, wanted.name, kept->bytes};
      },
      [](const forget_request&) { return flushed{}; },
      [](flush_history) { return flushed{}; },
      [](status_request) { return historian_status{}; },
      [](tick) {},
  };
}

// A tracker that saw each key 120 times within the hour.
inline tracker_actor::behavior_type fake_tracker(tracker_actor::pointer, std::uint64_t accesses) {
  return {
      [](const access_batch&) {},
      [](const key_description&) {},
      [](const top_request&) { return ranked_keys{}; },
      [](const key_request&) { return key_statistics{}; },
      [accesses](const frequency_request&) {
        return key_frequency{accesses, {}};
      },
      [](const subject_request&) { return ranked_keys{}; },
      [](const patterns_request&) { return access_patterns{}; },
      [](const forget_request&) { return flushed{}; },
      [](flush_request) { return flushed{}; },
      [](status_request) { return tracker_status{}; },
      [](tick) {},
  };
}

struct scheduling_world : actor_fixture {
  scheduling_world() {
    peers->warmer("pages", track(sys.spawn(fake_warmer, warmer)));
    peers->historian(track(sys.spawn(fake_historian, kept, false)));
  }
  ~scheduling_world() { peers->clear(); }

  scheduler_actor launch() {
    config.peers = peers;
    config.now = clock();
    config.run_timeout = 5min;
    auto handle = track(sys.spawn(scheduler, config));
    run();
    return handle;
  }

  // A process of its own.
  scheduler_actor launch_anew() {
    config.standing = std::make_shared<standing_schedule>();
    return launch();
  }

  schedule_state line(const scheduler_actor& handle, std::size_t number = 0) {
    return ask<scheduler_status>(handle, status_request{}).schedules.at(number);
  }

  void pass_minutes(int minutes) {
    for (int minute = 0; minute < minutes; ++minute) advance(1min);
  }

  void level(const scheduler_actor& handle, pressure_level from, pressure_level to) {
    memory_report report;
    report.level = to;
    caf::anon_send(handle, pressure_event{from, report});
    run();
  }

  static start_schedule every(duration interval) {
    return {{schedule_entry{"popular pages", {.cache = "pages"}, interval}}, {}};
  }

  static start_schedule on(schedule_event event) {
    schedule_entry entry{"on event", {.cache = "pages"}};
    entry.kind = schedule_kind::event;
    entry.event = event;
    entry.within = 1min;
    return {{entry}, {}};
  }

  std::shared_ptr<warmer_double> warmer = std::make_shared<warmer_double>();
  std::shared_ptr<document> kept = std::make_shared<document>();
  std::shared_ptr<directory> peers = std::make_shared<directory>();
  scheduler_config config;
};

}  // namespace stoker::test
