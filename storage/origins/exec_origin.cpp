#include "storage/origins/exec_origin.hpp"

#include <algorithm>
#include <cstdlib>

#include "messages/error.hpp"
#include "storage/origins/program_run.hpp"

namespace stoker {

namespace {

constexpr unsigned most_processes = 1024;

[[noreturn]] void reject(const std::string& text) {
  throw error{errc::invalid_argument, "exec origin: " + text};
}

std::vector<std::string> environment_of(const exec_origin_config& config) {
  auto result = config.environment;
  for (const char* name : {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"}) {
    const auto start = std::string{name} + "=";
    const bool given = std::any_of(result.begin(), result.end(),
                                   [&](const std::string& one) { return one.starts_with(start); });
    const char* own = std::getenv(name);
    if (!given && own != nullptr) result.push_back(start + own);
  }
  return result;
}

std::string said(const program_result& ran) {
  return ran.last_words.empty() ? "" : "; it said: " + ran.last_words;
}

}  // namespace

void validate(const exec_origin_config& config) {
  if (config.arguments.empty() || config.arguments.front().empty())
    reject("it has no program; name one as the first of the arguments");
  if (config.processes == 0 || config.processes > most_processes)
    reject("processes must be 1 to " + std::to_string(most_processes));
  if (config.max_bytes == 0) reject("max_bytes is 0; give the size of the longest output");
  for (const auto& one : config.environment)
    if (one.find('=') == std::string::npos || one.front() == '=')
      reject("environment \"" + one + "\" is not of the form NAME=value");
  const key_pattern pattern{config.pattern};
  for (const auto& one : config.arguments) text_template{one, pattern, insertion::verbatim};
  if (config.arguments.front().find('{') != std::string::npos)
    reject("a key must not choose the program; write it out");
}

exec_origin::exec_origin(exec_origin_config config)
    : config_((validate(config), std::move(config))),
      pattern_(config_.pattern),
      environment_(environment_of(config_)),
      room_(config_.processes) {
  for (const auto& one : config_.arguments) arguments_.emplace_back(one, pattern_, insertion::verbatim);
}

std::vector<std::string> exec_origin::arguments_for(std::string_view key, std::string& objection) const {
  const auto parts = pattern_.match(key);
  if (!parts) objection = "the key does not match the pattern " + config_.pattern;
  if (key.find('\0') != std::string_view::npos) objection = "the key holds a zero byte";
  if (!objection.empty()) return {};
  std::vector<std::string> made;
  bool options_are_over = false;
  for (const auto& one : arguments_) {
    made.push_back(one.fill(*parts).value_or(""));
    if (one.begins_with_a_part() && made.back().starts_with('-') && !options_are_over)
      objection = "the key would be taken for an option; put \"--\" before it, if the program knows that";
    options_are_over = options_are_over || one.text() == "--";
  }
  return made;
}

outside_origin::attempt exec_origin::try_load(std::string_view key,
                                              std::chrono::steady_clock::time_point deadline) {
  std::string objection;
  auto arguments = arguments_for(key, objection);
  if (!objection.empty()) return attempt::refused(trouble::unsupported, std::move(objection));
  if (!room_.try_acquire_until(deadline))
    return attempt::failed(trouble::timed_out,
                           "as many programs as may run at once did so until the deadline");
  auto result = run(std::move(arguments), deadline);
  room_.release();
  return result;
}

outside_origin::attempt exec_origin::run(std::vector<std::string> arguments,
                                         std::chrono::steady_clock::time_point deadline) const {
  const program_order order{std::move(arguments), environment_, config_.folder, config_.max_bytes};
  const auto ran = run_program(order, deadline);
  const auto& program = config_.arguments.front();
  switch (ran.end) {
    case program_end::exited:
      break;
    case program_end::signalled:
      return attempt::failed(trouble::unavailable,
                             program + " was ended by signal " + std::to_string(ran.code) + said(ran));
    case program_end::not_found:
      return attempt::refused(trouble::rejected, program + " can't be run: " + ran.error);
    case program_end::not_started:
      return attempt::failed(trouble::unavailable, program + " was not started: " + ran.error);
    case program_end::timed_out:
      return attempt::failed(trouble::timed_out, program + " was killed at the deadline" + said(ran));
    case program_end::too_much:
      return attempt::refused(trouble::rejected,
                              program + " wrote more than " + std::to_string(config_.max_bytes) + " bytes");
  }
  const auto known = config_.exit_outcomes.find(ran.code);
  const auto outcome = known == config_.exit_outcomes.end() ? load_outcome::failed : known->second;
  const auto text = program + " ended with status " + std::to_string(ran.code) + said(ran);
  switch (outcome) {
    case load_outcome::loaded:
      return attempt::loaded(ran.output);
    case load_outcome::absent:
      return attempt::absent(text);
    case load_outcome::throttled:
      return attempt::throttled({}, text);
    case load_outcome::refused:
      return attempt::refused(trouble::rejected, text);
    case load_outcome::failed:
      break;
  }
  return attempt::failed(trouble::unavailable, text);
}

}  // namespace stoker
