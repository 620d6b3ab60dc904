#include "apps/stoker/predict_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "apps/stoker/saved_model.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(The answer comes from the model that the history keeps, without a daemon. A probability is that of
being demanded before it would be evicted; the cost is that of a miss of the key, else the mean.
Exit code 1: none of the keys has ever been seen.

Examples:
  stoker predict --cache pages /start
  stoker predict --cache pages --limit 5 --confidence 0.3 /start /products --json

)";

struct predict_arguments {
  std::string cache;
  std::string history = "stoker-history";
  predict_request request;
  bool json = false;
};

void add_options(CLI::App& command, predict_arguments& given) {
  command.add_option("KEY", given.request.keys, "Keys that are taken to have just been demanded")->required();
  command.add_option("--cache", given.cache, "The cache they belong to")->required();
  command.add_option("--history", given.history, "The folder of the history")->capture_default_str();
  command.add_option("--limit", given.request.limit, "Candidates at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--confidence", given.request.confidence, "Only candidates at least this likely")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_flag("--json", given.json, "Print one JSON object instead of a table");
}

std::string as_json(const predictions& answer, const predict_arguments& given) {
  auto candidates = nlohmann::ordered_json::array();
  for (const auto& c : answer.candidates)
    candidates.push_back({{"key", c.key},
                          {"probability", c.probability},
                          {"model", c.model},
                          {"source_key", c.source_key},
                          {"observations", c.observations},
                          {"cost_us", c.cost_us}});
  const nlohmann::ordered_json json{{"cache", given.cache},
                                    {"keys", given.request.keys},
                                    {"candidates", candidates},
                                    {"unknown", answer.unknown}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::string cost_text(std::uint32_t us) {
  if (us == 0) return "-";
  return us < 10'000 ? fmt::format("{} us", us) : fmt::format("{:.1f} ms", us / 1000.0);
}

std::string as_text(const predictions& answer) {
  if (answer.candidates.empty()) return "nothing is known to follow\n";
  std::size_t key_width = 3;
  std::size_t source_width = 7;
  for (const auto& c : answer.candidates) {
    key_width = std::max(key_width, c.key.size());
    source_width = std::max(source_width, c.source_key.size());
  }
  const auto row = [&](const auto& key, const auto& probability, const auto& model, const auto& source,
                       const auto& seen, const auto& cost) {
    return fmt::format("{:<{}}  {:>11}  {:<10}  {:<{}}  {:>6}  {:>10}\n", key, key_width, probability, model,
                       source, source_width, seen, cost);
  };
  auto text = row("key", "probability", "model", "follows", "seen", "cost");
  for (const auto& c : answer.candidates)
    text += row(c.key, fmt::format("{:.3f}", c.probability), c.model, c.source_key,
                std::to_string(c.observations), cost_text(c.cost_us));
  return text;
}

exit_code run_predict(predict_arguments& given, console& io) {
  given.request.cache = given.cache;
  const saved_model model(given.history, given.cache);
  const auto answer = model.explain(given.request);
  const bool all_unknown = answer.unknown.size() == given.request.keys.size();
  for (const auto& key : answer.unknown)
    io.err << fmt::format("stoker: {}: never seen in cache {} (the model knows {} keys)\n", key, given.cache,
                          model.keys());
  if (given.json || !all_unknown)
    io.out << (given.json ? as_json(answer, given) : as_text(answer)) << std::flush;
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
