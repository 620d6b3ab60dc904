#include "apps/stoker/run_report.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "apps/stoker/daemon_client.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t problems_shown = 10;
constexpr std::size_t slow_loads_shown = 5;

std::string list_of(const json& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + clean_text(word.get<std::string>());
  return text;
}

std::string outcome_text(const json& report, const palette& paint) {
  const auto outcome = text_of(report, "outcome");
  if (outcome == "completed") return paint(tone::good, outcome);
  if (outcome == "failed") return paint(tone::bad, "failed: " + clean_text(text_of(report, "error")));
  if (outcome == "stopped_by_pressure") return paint(tone::warning, "stopped: memory pressure rose");
  if (outcome == "deadline_passed") return paint(tone::warning, "stopped: its deadline passed");
  return paint(tone::warning, outcome);
}

std::string lines_of(const char* title, const json& texts, const palette& paint, tone which) {
  std::string lines;
  for (const auto& text : texts)
    if (text.is_string())
      lines += paint(which, fmt::format("{}: {}", title, clean_text(text.get<std::string>()))) + '\n';
  return lines;
}

std::string problems_text(const json& report, const palette& paint) {
  text_table table{{"key", "outcome", "reason"}};
  std::size_t shown = 0;
  const auto& problems = field(report, "problems");
  for (const auto& each : problems) {
    if (++shown > problems_shown) break;
    table.add({key_text(each), text_of(each, "outcome"), clean_text(text_of(each, "reason"))});
  }
  if (table.empty()) return {};
  return '\n' + table.text(paint) +
         (problems.size() > problems_shown
              ? fmt::format("... and {} more\n", problems.size() - problems_shown)
              : "");
}

std::string slow_text(const json& report, const palette& paint) {
  text_table table{{"slow key", ">load took"}};
  std::size_t shown = 0;
  for (const auto& each : field(report, "slow_loads"))
    if (shown++ < slow_loads_shown) table.add({key_text(each), duration_text(field(each, "took_s"))});
  return table.empty() ? std::string{} : '\n' + table.text(paint);
}

std::string counts_line(const json& report) {
  auto line = fmt::format("warmed {} of {} ({}) in {}", count_text(field(report, "warmed")),
                          count_text(field(report, "selected")), bytes_text(field(report, "bytes")),
                          duration_text(field(report, "took_s")));
  for (const auto& [name, words] : {std::pair{"already_fresh", "there already"},
                                    {"failed", "failed"},
                                    {"dropped", "dropped"},
                                    {"cancelled", "cancelled"}})
    if (number_of(report, name) > 0) line += fmt::format("; {} {}", count_text(field(report, name)), words);
  return line + '\n';
}

std::string uses_line(const json& report) {
  if (number_of(report, "used") + number_of(report, "wasted") == 0) return {};
  return fmt::format("used {}, wasted {}: accuracy {}, efficiency {} ({})\n",
                     count_text(field(report, "used")), count_text(field(report, "wasted")),
                     ratio_text(field(report, "accuracy")), ratio_text(field(report, "efficiency")),
                     text_of(report, "efficiency_grade"));
}

std::string loads_line(const json& report) {
  if (number_of(report, "loads") == 0) return {};
  return fmt::format("{} origin calls: {} on average, {} to {}\n", count_text(field(report, "loads")),
                     duration_text(field(report, "average_load_s")),
                     duration_text(field(report, "fastest_load_s")),
                     duration_text(field(report, "slowest_load_s")));
}

std::string hits_line(const json& report) {
  if (!field(report, "hit_ratio_before").is_number()) return {};
  return fmt::format("hit ratio before {}, after {}\n", ratio_text(field(report, "hit_ratio_before")),
                     ratio_text(field(report, "hit_ratio_after")));
}

std::string left_out_text(const json& plan, const palette& paint) {
  std::map<std::string, std::pair<std::size_t, std::string>> reasons;  // count, and an example
  for (const auto& each : field(plan, "left_out")) {
    auto& [count, example] = reasons[text_of(each, "reason")];
    if (++count == 1) example = key_text(field(each, "item"));
  }
  for (const auto& [reason, count] : field(plan, "left_out_counts").items())
    if (count.is_number_unsigned() && count > 0) reasons[reason].first = count.get<std::size_t>();
  text_table table{{"left out", ">keys", "for example"}};
  for (const auto& [reason, found] : reasons) table.add({reason, count_text(found.first), found.second});
  return table.empty() ? std::string{} : '\n' + table.text(paint);
}

}  // namespace

std::string run_text(const json& report, const palette& paint) {
  return fmt::format("run {} of cache {} ({}): {}\n", count_text(field(report, "run")),
                     clean_text(text_of(report, "cache")), list_of(field(report, "strategies")),
                     outcome_text(report, paint)) +
         counts_line(report) + loads_line(report) + hits_line(report) + uses_line(report) +
         lines_of("note", field(report, "notes"), paint, tone::quiet) +
         lines_of("warning", field(report, "warnings"), paint, tone::warning) + problems_text(report, paint) +
         slow_text(report, paint);
}

exit_code code_of_run(const json& report) {
  const auto outcome = text_of(report, "outcome");
  if (outcome == "failed") return exit_failure;
  if (outcome != "completed") return exit_partial;
  const auto failed = number_of(report, "failed");
  return failed > 0 && failed == number_of(report, "selected") ? exit_failure : exit_ok;
}

std::string performance_text(const json& performance, const palette& paint) {
  return fmt::format("the latest {} runs: {} warmed ({}), {} failed; loads took {} in all\n",
                     count_text(field(performance, "runs")), count_text(field(performance, "warmed")),
                     bytes_text(field(performance, "bytes")), count_text(field(performance, "failed")),
                     duration_text(field(performance, "total_load_s"))) +
         loads_line(performance) + uses_line(performance) +
         lines_of("warning", field(performance, "warnings"), paint, tone::warning) +
         slow_text(performance, paint);
}

std::string plan_text(const json& plan, std::size_t items, const palette& paint) {
  text_table table{{"key", "strategy", ">probability", ">a miss costs", ">size", ">priority", ">level"}};
  std::size_t shown = 0;
  for (const auto& phase : field(plan, "phases"))
    for (const auto& item : field(phase, "items")) {
      if (shown++ >= items) continue;
      table.add({key_text(item), clean_text(text_of(item, "strategy")),
                 ratio_text(field(item, "probability")),
                 number_of(item, "cost_us") == 0 ? "-" : duration_text(number_of(item, "cost_us") / 1e6),
                 bytes_text(field(item, "bytes")), count_text(field(item, "priority")),
                 count_text(field(phase, "level"))});
    }
  const auto selected = static_cast<std::size_t>(number_of(plan, "selected"));
  auto text =
      fmt::format("would warm {} keys of cache {}: {} of {}, {} origin calls, about {}\n",
                  count_text(field(plan, "selected")), clean_text(text_of(plan, "cache")),
                  bytes_text(field(plan, "planned_bytes")), bytes_text(field(plan, "budget_bytes")),
                  count_text(field(plan, "origin_calls")), duration_text(field(plan, "expected_time_s")));
  if (const auto id = text_of(plan, "id"); !id.empty())
    text += fmt::format("kept as plan {}: run it with \"stoker warm --plan {}\"\n", id, id);
  if (!table.empty()) text += '\n' + table.text(paint);
  if (selected > items) text += fmt::format("... and {} more (--items)\n", selected - items);
  return text + left_out_text(plan, paint);
}

}  // namespace stoker::cli
