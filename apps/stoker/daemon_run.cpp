#include "apps/stoker/daemon_run.hpp"

#include <fmt/format.h>

#include <ostream>

#include "apps/stoker/presentation.hpp"
#include "apps/stoker/progress_line.hpp"
#include "apps/stoker/watching.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t bar_width = 32;
// A run may take hours: how long an answer is waited for before the next question.
constexpr double wait_on_terminal_s = 0.2;  // a bar that moves
constexpr double wait_elsewhere_s = 2;
constexpr double between_questions_s = 0.2;

// The report, once the run is over; null before. Throws failure when it failed.
json report_of(const json& state) {
  const auto word = text_of(state, "state");
  if (word == "running") return nullptr;
  if (word == "failed") {
    const auto& problem = field(state, "problem");
    const auto detail = text_of(problem, "detail");
    throw failure{exit_failure, detail.empty() ? "the run failed" : detail};
  }
  return field(state, "report");
}

json wait_for(daemon_client& client, const json& started, console& io) {
  const interrupt_watch interrupts;
  progress_line line{io};
  const auto location = text_of(started, "location");
  auto state = started;
  while (true) {
    if (auto report = report_of(state); !report.is_null()) return report;
    line.show(progress_text(field(state, "progress")));
    wait_for_key(-1, io.err_is_terminal ? between_questions_s : wait_elsewhere_s / 4);
    if (interrupt_watch::interrupted())
      throw failure{exit_failure, fmt::format("the run goes on; {} tells what becomes of it", location)};
    state = client.get(location).body;
  }
}

}  // namespace

std::string progress_text(const json& progress) {
  const auto total = number_of(progress, "total");
  if (total == 0) return "planning";
  const auto done = number_of(progress, "done");
  return fmt::format("{} {:.0f} of {:.0f}, {}", bar_text(done / total, bar_width), done, total,
                     bytes_text(field(progress, "bytes")));
}

json run_and_wait(daemon_client& client, const std::string& path, json request, console& io) {
  request["wait"] = true;
  request["wait_s"] = io.err_is_terminal ? wait_on_terminal_s : wait_elsewhere_s;
  const auto answer = client.post(path, request);
  constexpr int accepted = 202;
  return answer.status == accepted ? wait_for(client, answer.body, io) : answer.body;
}

}  // namespace stoker::cli
