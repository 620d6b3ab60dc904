#include "apps/stoker/replay_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/replay/replay.hpp"
#include "apps/stoker/cache_size.hpp"
#include "apps/stoker/choices.hpp"
#include "apps/stoker/progress_line.hpp"
#include "apps/stoker/replay_report.hpp"
#include "storage/traces/read_trace.hpp"

namespace stoker::cli {

namespace {

const choices<eviction> evictions{
    {"lru", eviction::lru}, {"s3fifo", eviction::s3fifo}, {"learned", eviction::learned}};
const choices<predictor_kind> predictors{
    {"none", predictor_kind::none}, {"popular", predictor_kind::popular}, {"stoker", predictor_kind::stoker}};
const choices<restore_from> restores{
    {"none", restore_from::none}, {"snapshot", restore_from::snapshot}, {"history", restore_from::history}};

// As given on the command line; names are turned into values when the command runs.
struct replay_arguments {
  std::string trace_file;
  std::string cache_size = "10%";
  std::string eviction_name;
  std::string predictor = "stoker";
  std::string point = "balanced";
  std::uint32_t delay = 0;
  bool opaque_keys = false;
  std::uint64_t restart_at = 0;
  std::string restore = "none";
  bool json = false;
};

std::string name_of(eviction wanted) {
  for (const auto& [name, value] : evictions) {
    if (value == wanted) return name;
  }
  return {};
}

void add_options(CLI::App& command, replay_arguments& given) {
  command
      .add_option("TRACE", given.trace_file, "Text, one key a line, or CSV with a header; plain, .gz or .zst")
      ->required();
  command
      .add_option("--cache-size", given.cache_size,
                  "Entries (1000), or a share of the trace's distinct keys (5%, 0.5%)")
      ->capture_default_str();
  given.eviction_name = name_of(replay_options{}.eviction_policy);
  add_choice(command, "--eviction", given.eviction_name, evictions, "Which entry leaves a full cache")
      ->capture_default_str();
  add_choice(command, "--predictor", given.predictor, predictors, "What proposes prefetches")
      ->capture_default_str();
  add_choice(command, "--operating-point", given.point, operating_points(),
             "How much origin load may be spent")
      ->capture_default_str();
  command.add_option("--delay", given.delay, "A prefetch arrives so many requests later")
      ->capture_default_str();
  command.add_flag("--opaque-keys", given.opaque_keys, "Make no use of a numeric order among keys");
  auto* restart =
      command.add_option("--restart-at", given.restart_at, "Empty the cache after so many requests");
  add_choice(command, "--restore", given.restore, restores, "What the restarted cache is warmed from")
      ->needs(restart)
      ->capture_default_str();
  command.add_flag("--json", given.json, "Print one JSON object instead of a table");
}

replay_options options_for(const replay_arguments& given, bool restarts, const trace& recorded) {
  replay_options options;
  options.cache_entries = parse_cache_size(given.cache_size, recorded.keys.size());
  options.eviction_policy = evictions.at(given.eviction_name);
  options.predictor = predictors.at(given.predictor);
  options.point = operating_points().at(given.point);
  options.delay = given.delay;
  options.opaque_keys = given.opaque_keys;
  options.restore = restores.at(given.restore);
  if (restarts) options.restart_at = given.restart_at;
  return options;
}

void check(const replay_arguments& given, bool restarts, const trace& recorded) {
  const auto requests = recorded.accesses.size();
  if (requests == 0) throw usage_error(given.trace_file + ": the trace has no accesses to replay");
  if (restarts && (given.restart_at == 0 || given.restart_at >= requests)) {
    throw usage_error("--restart-at: expected 1 to " + std::to_string(requests - 1) +
                      ", inside the trace; found " + std::to_string(given.restart_at));
  }
}

void run_replay(const replay_arguments& given, bool restarts, console& io) {
  parse_cache_size(given.cache_size, 1);  // a size that is wrong for every trace: say so before a long read
  progress_line progress(io);
  progress.show("reading " + given.trace_file);
  const auto recorded = read_trace(given.trace_file);
  check(given, restarts, recorded);
  const auto options = options_for(given, restarts, recorded);
  progress.show("replaying " + std::to_string(recorded.accesses.size()) + " requests");
  const auto result = replay(recorded, options);
  progress.show("");
  io.out << (given.json ? to_json(result, options) : to_table(result, options)) << std::flush;
}

}  // namespace

void add_replay_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("replay", "Measure prediction over a recorded trace");
  auto given = std::make_shared<replay_arguments>();
  add_options(*command, *given);
  command->footer(R"(Examples:
  stoker replay trace.csv.zst --cache-size 5%
  stoker replay trace.csv.zst --cache-size 1000 --eviction lru --predictor none --json

)");
  command->callback([command, given, &io, &status] {
    run_replay(*given, command->count("--restart-at") > 0, io);
    status = exit_ok;
  });
}

}  // namespace stoker::cli
