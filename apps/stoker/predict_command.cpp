#include "apps/stoker/predict_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"
#include "apps/stoker/saved_model.hpp"
#include "messages/prefetching.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr auto usual_history = "stoker-history";

constexpr auto help_text =
    R"(The daemon answers from what it has learned so far; with --history the answer comes, without a daemon, from the
model that a history keeps. A probability is that of being demanded before it would be evicted; the cost is that of a
miss of the key, else the mean.
Exit code 1: none of the keys has ever been seen.

Examples:
  stoker predict --cache pages /start
  stoker predict --cache pages --history stoker-history /start
  stoker predict --cache pages --limit 5 --confidence 0.3 /start /products --json

)";

struct predict_arguments {
  connection_options connection;
  std::string cache;
  std::string history;  // empty: the daemon is asked
  predict_request request;
};

void add_options(CLI::App& command, predict_arguments& given) {
  command.add_option("KEY", given.request.keys, "Keys that are taken to have just been demanded")->required();
  command.add_option("--cache", given.cache, "The cache they belong to")->required();
  command.add_option("--history", given.history,
                     "The folder of a history, that is asked instead of a daemon");
  command.add_option("--limit", given.request.limit, "Candidates at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--confidence", given.request.confidence, "Only candidates at least this likely")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add_connection_options(command, given.connection);
}

// What is likely to follow, and how many keys whoever answers knows, where that is told.
struct foretold {
  json answer;
  std::optional<std::uint64_t> known_keys{};
};

foretold ask_history(predict_arguments& given, const std::string& folder) {
  given.request.cache = given.cache;
  const saved_model model{folder, given.cache};
  const auto answer = model.explain(given.request);
  auto candidates = json::array();
  for (const auto& c : answer.candidates)
    candidates.push_back({{"key", c.key},
                          {"probability", c.probability},
                          {"model", c.model},
                          {"source_key", c.source_key},
                          {"observations", c.observations},
                          {"cost_us", c.cost_us}});
  return {json{{"cache", given.cache},
               {"keys", given.request.keys},
               {"candidates", candidates},
               {"unknown", answer.unknown}},
          model.keys()};
}

json ask_daemon(daemon_client& client, const predict_arguments& given) {
  query_parameters query{{"cache", given.cache},
                         {"limit", std::to_string(given.request.limit)},
                         {"confidence", fmt::format("{}", given.request.confidence)}};
  for (const auto& key : given.request.keys) {
    const auto named = key_object(key);
    for (const auto& [name, value] : named.items()) query.emplace_back(name, value.get<std::string>());
  }
  return client.get("/warming/predict", query).body;
}

// The history that is named; else the daemon; else, when none answers, the history in this folder.
foretold answer_to(predict_arguments& given) {
  if (!given.history.empty()) return ask_history(given, given.history);
  daemon_client client{given.connection};
  try {
    return {ask_daemon(client, given)};
  } catch (const no_daemon_error&) {
    if (!std::filesystem::is_directory(usual_history)) throw;
    return ask_history(given, usual_history);
  }
}

std::string cost_text(double us) {
  if (us == 0) return "-";
  return us < 10'000 ? fmt::format("{:.0f} us", us) : fmt::format("{:.1f} ms", us / 1000.0);
}

std::string as_text(const json& answer, const palette& paint) {
  text_table table{{"key", ">probability", "model", "follows", ">seen", ">cost"}};
  for (const auto& c : field(answer, "candidates")) {
    const auto source = c.contains("source_key_base64") ? "base64:" + text_of(c, "source_key_base64")
                                                        : text_of(c, "source_key");
    table.add({key_text(c), fmt::format("{:.3f}", number_of(c, "probability")), text_of(c, "model"),
               clean_text(source), count_text(field(c, "observations")), cost_text(number_of(c, "cost_us"))});
  }
  return table.empty() ? "nothing is known to follow\n" : table.text(paint);
}

exit_code run_predict(predict_arguments& given, console& io) {
  const auto [answer, known_keys] = answer_to(given);
  const auto known = known_keys ? fmt::format(" (the model knows {} keys)", *known_keys) : std::string{};
  const auto& unknown = field(answer, "unknown");
  const bool all_unknown = unknown.size() == given.request.keys.size();
  for (const auto& key : unknown)
    io.err << fmt::format("stoker: {}: never seen in cache {}{}\n", key_text(key), given.cache, known);
  if (given.connection.json || !all_unknown)
    io.out << (given.connection.json ? json_text(answer) : as_text(answer, palette{io})) << std::flush;
  return all_unknown ? exit_failure : exit_ok;
}

}  // namespace

void add_predict_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("predict", "Show what would be prefetched after some keys, and why");
  auto given = std::make_shared<predict_arguments>();
  add_options(*command, *given);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_predict(*given, io); });
}

}  // namespace stoker::cli
