#include "apps/stoker/learn_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <ostream>

#include "apps/stoker/cache_size.hpp"
#include "apps/stoker/choices.hpp"
#include "apps/stoker/learner.hpp"
#include "apps/stoker/progress_line.hpp"
#include "apps/stoker/timeline.hpp"
#include "messages/error.hpp"
#include "storage/traces/access_log.hpp"
#include "storage/traces/key_table.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Traces are text, one key a line, or CSV with a header (key; time, size and subject are
optional); access logs are what nginx and Apache call combined, or whatever --log-format describes:
the requested path is the key, the user or client its subject. All of them plain, .gz or .zst.

Examples:
  stoker learn --cache pages /var/log/nginx/access.log*
  stoker learn --cache pages --log-format '$remote_addr [$time_local] "$request" $status $request_time' site.log
  stoker learn --cache redis --key '/product/{id}=product:{id}' access.log
  stoker learn --cache files --history /var/lib/app/stoker build.csv.zst --json

)";

constexpr const char* trace_format = "trace";
constexpr const char* log_format_name = "log";

struct learn_arguments {
  std::vector<std::string> files;
  std::string history = "stoker-history";
  std::string cache;
  std::string cache_size = "10%";
  std::string format = "auto";
  std::string log_pattern;
  std::vector<std::string> key_rules;
  std::vector<std::string> methods{"GET", "HEAD"};
  std::string point = "balanced";
  double accesses_per_second = default_accesses_per_second;
  bool opaque_keys = false;
  bool skip_malformed = false;
  bool json = false;
};

struct report {
  learned what;
  std::uint64_t files = 0;
  std::uint64_t distinct_keys = 0;
  std::uint64_t malformed = 0;
  std::uint64_t left_out = 0;
  std::uint64_t cache_entries = 0;
  double seconds = 0;
};

void add_options(CLI::App& command, learn_arguments& given) {
  command.add_option("FILE", given.files, "Traces and access logs, in any order")->required();
  command.add_option("--cache", given.cache, "The cache whose accesses these are")->required();
  command.add_option("--history", given.history, "The folder of the history; made when it is not there")
      ->capture_default_str();
  command
      .add_option("--cache-size", given.cache_size,
                  "What the cache holds: entries (1000), or a share of the distinct keys (5%)")
      ->capture_default_str();
  command.add_option("--format", given.format, "What the files are; auto looks at their first lines")
      ->check(CLI::IsMember({"auto", trace_format, log_format_name}))
      ->capture_default_str();
  command.add_option("--log-format", given.log_pattern,
                     "The format of access logs, as in nginx's log_format (combined when not given)");
  command
      .add_option(
          "--key", given.key_rules,
          "How a log's requests become keys, PATH=KEY, the first that matches: '/product/{id}=product:{id}'")
      ->type_name("PATH=KEY")
      ->allow_extra_args(false);  // FILE may follow
  command.add_option("--method", given.methods, "Whose requests a log's cache is asked for")
      ->allow_extra_args(false)
      ->capture_default_str();
  add_choice(command, "--operating-point", given.point, operating_points(),
             "How much origin load the shadow may spend")
      ->capture_default_str();
  command.add_option("--rate", given.accesses_per_second, "Accesses a second, where a trace has no times")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_flag("--opaque-keys", given.opaque_keys, "Make no use of a numeric order among keys");
  command.add_flag("--skip-malformed", given.skip_malformed, "Count malformed lines instead of ending there");
  command.add_flag("--json", given.json, "Print one JSON object instead of a table");
}

log_format format_of(const learn_arguments& given) {
  if (given.log_pattern.empty()) return log_format::combined();
  try {
    return log_format(given.log_pattern);
  } catch (const std::invalid_argument& mistake) {
    throw usage_error(std::string("--log-format: ") + mistake.what());
  }
}

request_keys keys_of(const learn_arguments& given) {
  std::vector<request_rule> rules;
  for (const auto& each : given.key_rules) {
    const auto equals = each.find('=');
    if (equals == std::string::npos) throw usage_error("--key " + each + ": expected PATH=KEY");
    rules.push_back({each.substr(0, equals), each.substr(equals + 1)});
  }
  try {
    return {rules, given.methods};
  } catch (const error& mistake) {
    throw usage_error(std::string("--key: ") + mistake.what());
  }
}

trace read_file(const std::string& file, const learn_arguments& given, const log_format& format,
                const request_keys& keys) {
  trace_limits limits;
  limits.skip_malformed = given.skip_malformed;
  const bool is_log =
      given.format == log_format_name ||
      (given.format != trace_format && (!given.log_pattern.empty() || is_access_log(file, format)));
  return is_log ? read_access_log(file, format, limits, keys) : read_trace(file, limits);
}

std::vector<trace> read_files(const learn_arguments& given, report& into, progress_line& progress) {
  const auto format = format_of(given);
  const auto keys = keys_of(given);
  std::vector<trace> traces;
  for (const auto& file : given.files) {
    progress.show("reading " + file);
    auto recorded = read_file(file, given, format, keys);
    into.malformed += recorded.malformed;
    into.left_out += recorded.left_out;
    ++into.files;
    if (!recorded.accesses.empty()) traces.push_back(std::move(recorded));
  }
  if (traces.empty()) throw usage_error("learn: there is no access in these files");
  return traces;
}

std::uint64_t distinct_keys(const std::vector<trace>& traces) {
  key_table all;
  std::uint32_t highest = 0;
  for (const auto& each : traces)
    for (const auto& key : each.keys) highest = std::max(highest, all.intern(key));
  return std::uint64_t{highest} + 1;
}

void learn_all(const std::vector<trace>& traces, learner& into, progress_line& progress) {
  const auto total = std::accumulate(traces.begin(), traces.end(), std::size_t{0},
                                     [](std::size_t sum, const trace& t) { return sum + t.accesses.size(); });
  std::size_t before = 0;
  for (const auto& each : traces) {
    into.learn(each, [&](std::uint64_t done) {
      progress.show(fmt::format("{:3.0f} %  learning {} accesses",
                                100.0 * static_cast<double>(before + done) / static_cast<double>(total),
                                total));
    });
    before += each.accesses.size();
  }
}

report learn(const learn_arguments& given, console& io) {
  parse_cache_size(given.cache_size, 1);  // before a long read
  progress_line progress(io);
  report made;
  auto traces = read_files(given, made, progress);
  const auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  place_in_time(traces, now, given.accesses_per_second);
  made.distinct_keys = distinct_keys(traces);
  made.cache_entries = parse_cache_size(given.cache_size, made.distinct_keys);
  const auto begun = std::chrono::steady_clock::now();
  learner pupil({.history_folder = given.history,
                 .cache = given.cache,
                 .cache_entries = made.cache_entries,
                 .point = operating_points().at(given.point),
                 .opaque_keys = given.opaque_keys,
                 .now = now});
  learn_all(traces, pupil, progress);
  progress.show("keeping it in " + given.history);
  made.what = pupil.finish();
  made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return made;
}

std::string as_json(const report& made, const learn_arguments& given) {
  const auto& what = made.what;
  const nlohmann::ordered_json json{{"history", given.history},
                                    {"cache", given.cache},
                                    {"files", made.files},
                                    {"accesses", what.accesses},
                                    {"distinct_keys", made.distinct_keys},
                                    {"malformed", made.malformed},
                                    {"left_out", made.left_out},
                                    {"keys_in_history", what.keys},
                                    {"accesses_in_history", what.accesses_known},
                                    {"model_keys", what.model_keys},
                                    {"cache_entries", made.cache_entries},
                                    {"hit_ratio", what.hit_ratio()},
                                    {"shadow_hits", what.shadow_hits},
                                    {"shadow_prefetches", what.proposed},
                                    {"shadow_hit_ratio", what.shadow_hit_ratio()},
                                    {"shadow_load", what.shadow_load},
                                    {"seconds", made.seconds}};
  return json.dump(2) + '\n';
}

std::string as_text(const report& made, const learn_arguments& given) {
  const auto& what = made.what;
  return fmt::format(
      "learned {} accesses of {} keys from {} {} in {:.1f} s\n"
      "left out: {} malformed lines, {} that are no successful read\n"
      "the history {} now knows {} accesses of {} keys of cache {}, and a model of {} keys\n"
      "a cache of {} entries: hit ratio {:.2f} %, with prefetching it would have been {:.2f} %\n"
      "  ({} shadow hits for {} prefetches; origin load {:.2f} of plain LRU's)\n",
      what.accesses, made.distinct_keys, made.files, made.files == 1 ? "file" : "files", made.seconds,
      made.malformed, made.left_out, given.history, what.accesses_known, what.keys, given.cache,
      what.model_keys, made.cache_entries, 100 * what.hit_ratio(), 100 * what.shadow_hit_ratio(),
      what.shadow_hits, what.proposed, what.shadow_load);
}

}  // namespace

void add_learn_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("learn", "Fill a history from recorded traces and access logs");
  auto given = std::make_shared<learn_arguments>();
  add_options(*command, *given);
  command->footer(help_text);
  command->callback([given, &io, &status] {
    const auto made = learn(*given, io);
    if (!made.what.history_detail.empty()) io.err << "stoker: history: " << made.what.history_detail << '\n';
    io.out << (given->json ? as_json(made, *given) : as_text(made, *given)) << std::flush;
    status = exit_ok;
  });
}

}  // namespace stoker::cli
