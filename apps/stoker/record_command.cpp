#include "apps/stoker/record_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <system_error>

#include "apps/stoker/open_recorder.hpp"
#include "apps/stoker/progress_line.hpp"
#include "apps/stoker/strace_parser.hpp"
#include "apps/stoker/traced_command.hpp"
#include "storage/traces/write_trace.hpp"

namespace stoker::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t opens_per_progress = 100;  // a terminal needs no more

struct record_arguments {
  std::string output = "trace.csv.zst";
  recording_options recording;
  bool json = false;
  std::vector<std::string> command;
};

struct record_report {
  std::uint64_t accesses = 0;
  std::uint64_t keys = 0;
  std::uint64_t processes = 0;
  std::uint64_t left_out = 0;
  std::uint64_t no_regular_file = 0;
  int command_status = 0;
};

std::optional<regular_file> look_up(const std::string& path) {
  std::error_code error;
  const auto canonical = fs::canonical(path, error);
  if (error || !fs::is_regular_file(canonical, error)) return std::nullopt;
  const auto size = fs::file_size(canonical, error);
  if (error) return std::nullopt;
  return regular_file{canonical.string(), size};
}

void add_options(CLI::App& command, record_arguments& given) {
  command.add_option("-o,--output", given.output, "The trace: CSV; a name in .gz or .zst compresses it")
      ->capture_default_str();
  command
      .add_option("--relative-to", given.recording.relative_to, "Write files in this folder relative to it")
      ->check(CLI::ExistingDirectory);
  command
      .add_option("--include", given.recording.include,
                  "Only keys that match a glob, such as '/usr/include/*'")
      ->allow_extra_args(false);
  command.add_option("--exclude", given.recording.exclude, "No keys that match a glob")
      ->allow_extra_args(false);
  command.add_flag("--writes", given.recording.writes, "Also files that are opened for writing alone");
  command.add_flag("--json", given.json,
                   "Print the report as JSON; the command's output goes to standard error");
  command.add_option("COMMAND", given.command, "The command and its arguments, after --")->required();
}

// Before the command runs: a place that cannot be written must not cost a long recording.
void check_output(const fs::path& file) {
  std::error_code ignored;
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const auto written = fs::exists(file, ignored) ? file : folder;
  if (::access(written.c_str(), W_OK) != 0 || fs::is_directory(file, ignored)) {
    throw failure(exit_failure, "record: " + file.string() + " cannot be written");
  }
}

void check_traced(const strace_parser& parser, const record_arguments& given) {
  if (parser.processes() > 0) return;
  throw failure(exit_failure, "record: '" + given.command.front() + "' could not be run under strace");
}

record_report record(const record_arguments& given, console& io) {
  auto recording = given.recording;
  if (!recording.relative_to.empty()) recording.relative_to = fs::canonical(recording.relative_to).string();
  check_output(given.output);
  strace_parser parser(fs::current_path().string());
  open_recorder recorder(recording, look_up);
  progress_line progress(io);
  const auto status = run_traced({given.command, given.json}, [&](std::string_view line) {
    const auto open = parser.feed(line);
    if (!open) return;
    recorder.add(*open);
    if (recorder.recorded() % opens_per_progress == 1)
      progress.show(fmt::format("{} opens", recorder.recorded()));
  });
  check_traced(parser, given);
  record_report report{.accesses = recorder.recorded(),
                       .keys = 0,
                       .processes = parser.processes(),
                       .left_out = recorder.left_out(),
                       .no_regular_file = recorder.no_regular_file(),
                       .command_status = status};
  const auto recorded = std::move(recorder).take();
  report.keys = recorded.keys.size();
  write_trace(given.output, recorded);
  return report;
}

std::string as_json(const record_report& report, const std::string& output) {
  const nlohmann::ordered_json json{{"output", output},
                                    {"accesses", report.accesses},
                                    {"distinct_keys", report.keys},
                                    {"processes", report.processes},
                                    {"left_out", report.left_out},
                                    {"no_regular_file", report.no_regular_file},
                                    {"command_status", report.command_status}};
  return json.dump(2) + '\n';
}

std::string as_text(const record_report& report, const std::string& output) {
  return fmt::format(
      "recorded {} opens of {} files by {} processes to {}\n"
      "left out: {} by the filters, {} that are no regular file or were gone at once\n"
      "the command ended with status {}\n",
      report.accesses, report.keys, report.processes, output, report.left_out, report.no_regular_file,
      report.command_status);
}

}  // namespace

void add_record_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("record", "Run a command and record the files it opens as a trace");
  auto given = std::make_shared<record_arguments>();
  add_options(*command, *given);
  command->footer(R"(Examples:
  stoker record -- make -j4
  stoker record -o build.csv.zst --relative-to . -- ninja -C build

)");
  command->callback([given, &io, &status] {
    const auto report = record(*given, io);
    // The report of a run with --json is the result; without, standard output is the command's own.
    if (given->json) {
      io.out << as_json(report, given->output) << std::flush;
    } else {
      io.err << as_text(report, given->output);
    }
    status = report.command_status == 0 ? exit_ok : exit_failure;
  });
}

}  // namespace stoker::cli
