#include "apps/stoker/status_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/stoker/daemon_client.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t run_bar_width = 12;
constexpr std::size_t longest_reason = 48;

json warmer_of(const json& status, const std::string& cache) {
  for (const auto& warmer : field(status, "warmers"))
    if (text_of(warmer, "cache") == cache) return warmer;
  return nullptr;
}

std::string run_text(const json& warmer) {
  const auto run = number_of(warmer, "active_run");
  if (run == 0)
    return number_of(warmer, "runs") == 0 ? "-" : fmt::format("{:.0f} so far", number_of(warmer, "runs"));
  const auto& progress = field(warmer, "progress");
  const auto total = number_of(progress, "total");
  if (total == 0) return fmt::format("run {:.0f}: planning", run);
  const auto done = number_of(progress, "done");
  return fmt::format("run {:.0f}: {} {:.0f} of {:.0f}", run, bar_text(done / total, run_bar_width), done,
                     total);
}

std::string warm_text(const json& cache, const palette& paint) {
  if (flag_of(cache, "warm")) return paint(tone::good, "yes");
  const auto& warmness = field(cache, "warmness");
  return warmness.is_number() ? paint(tone::warning, ratio_text(warmness)) : "-";
}

std::string standing_text(const json& proof, const palette& paint) {
  const auto standing = text_of(proof, "standing");
  if (standing == "proven") return paint(tone::good, standing);
  return standing == "throttled" ? paint(tone::warning, standing) : standing;
}

std::string lift_text(const json& proof) {
  if (number_of(proof, "measured") == 0 || number_of(proof, "controls") == 0) return "-";
  return fmt::format("{:+.1f} ({:+.1f} to {:+.1f})", 100 * number_of(proof, "lift"),
                     100 * number_of(proof, "lift_low"), 100 * number_of(proof, "lift_high"));
}

std::string result_text(const json& run, const palette& paint) {
  if (number_of(run, "runs") == 0) return "-";
  if (flag_of(run, "succeeded")) return paint(tone::good, "ok");
  return paint(tone::bad, clean_text("failed: " + text_of(run, "error"), longest_reason));
}

std::string breaker_text(const json& origin, const palette& paint) {
  const auto state = text_of(origin, "breaker");
  return state == "closed" ? state : paint(tone::bad, state);
}

std::string origins_table(const json& status, const palette& paint) {
  text_table table{{"origin", "breaker", ">users' loads", ">warming", ">failed", ">in flight", ">queued",
                    ">a load takes"}};
  for (const auto& origin : field(status, "origins"))
    table.add({clean_text(text_of(origin, "origin")), breaker_text(origin, paint),
               count_text(field(origin, "demand_loads")), count_text(field(origin, "warming_loads")),
               count_text(field(origin, "failures")), count_text(field(origin, "in_flight")),
               count_text(field(origin, "queued")), duration_text(field(origin, "mean_load_s"))});
  return table.empty() ? std::string{} : table.text(paint);
}

std::string outside_table(const json& status, const palette& paint) {
  text_table table{{"cache elsewhere", "answers", ">entries", ">memory", ">of", ">restarts", ">emptied"}};
  for (const auto& cache : field(status, "outside"))
    table.add({clean_text(text_of(cache, "cache")),
               flag_of(cache, "reachable")
                   ? paint(tone::good, "yes")
                   : paint(tone::bad, clean_text("no: " + text_of(cache, "trouble"), longest_reason)),
               count_text(field(cache, "entries")), bytes_text(field(cache, "used_bytes")),
               number_of(cache, "limit_bytes") == 0 ? "-" : bytes_text(field(cache, "limit_bytes")),
               count_text(field(cache, "restarts")), count_text(field(cache, "emptied"))});
  return table.empty() ? std::string{} : table.text(paint);
}

std::string feed_state(const json& feed, const palette& paint) {
  if (flag_of(feed, "connected")) return paint(tone::good, "yes");
  const auto why = text_of(feed, "last_error");
  return paint(tone::bad, clean_text(why.empty() ? "no" : "no: " + why, longest_reason));
}

std::string feeds_table(const json& status, const palette& paint) {
  text_table table{
      {"feed", "kind", "cache", ">recorded", ">left out", ">malformed", ">lost", ">outages", "connected"}};
  for (const auto& feed : field(status, "feeds"))
    table.add({clean_text(text_of(feed, "feed")), text_of(feed, "kind"), clean_text(text_of(feed, "cache")),
               count_text(field(feed, "recorded")), count_text(field(feed, "left_out")),
               count_text(field(feed, "malformed")), count_text(field(feed, "dropped")),
               count_text(field(feed, "outages")), feed_state(feed, paint)});
  return table.empty() ? std::string{} : table.text(paint);
}

std::string history_line(const json& status, const palette& paint) {
  const auto& history = field(status, "history");
  auto line =
      fmt::format("history: {}, {} on disk, {} records wait", text_of(history, "state"),
                  bytes_text(field(history, "bytes_on_disk")), count_text(field(history, "records_waiting")));
  if (number_of(history, "write_errors") > 0)
    line +=
        paint(tone::bad, fmt::format("; errors: {}, the last: {}", count_text(field(history, "write_errors")),
                                     clean_text(text_of(history, "last_error"))));
  if (const auto detail = text_of(history, "detail"); !detail.empty())
    line += paint(tone::warning, "; " + clean_text(detail));
  return line + '\n';
}

std::string problem_lines(const json& status, const palette& paint) {
  std::string lines;
  for (const auto& name : field(status, "missing"))
    if (name.is_string())
      lines += paint(tone::bad, clean_text(name.get<std::string>()) + ": does not answer") + '\n';
  for (const auto& actor : field(status, "actors"))
    if (text_of(actor, "condition") == "restarting")
      lines += paint(tone::bad,
                     fmt::format("{}: died, and is being restarted: {}", clean_text(text_of(actor, "name")),
                                 clean_text(text_of(actor, "last_failure")))) +
               '\n';
  return lines;
}

std::string heading(const json& status, const std::string& server, const palette& paint) {
  const auto running = flag_of(status, "started") || flag_of(field(status, "scheduler"), "running");
  const auto state = running ? paint(tone::good, "running") : paint(tone::warning, "stopped");
  return fmt::format("Stoker at {}: background warming is {}; {} runs of schedules so far\n", server, state,
                     count_text(field(field(status, "scheduler"), "cycles")));
}

std::string paragraph(const std::string& text) {
  return text.empty() ? text : '\n' + text;
}

}  // namespace

std::string caches_table(const json& status, const palette& paint) {
  text_table table{{"cache", ">hit ratio", ">steady", "warm", ">entries", ">memory", ">of", "runs"}};
  for (const auto& cache : field(status, "caches"))
    table.add({clean_text(text_of(cache, "cache")), ratio_text(field(cache, "recent_hit_ratio")),
               ratio_text(field(cache, "steady_hit_ratio")), warm_text(cache, paint),
               count_text(field(cache, "entries")), bytes_text(field(cache, "bytes")),
               number_of(cache, "capacity_bytes") == 0 ? "-" : bytes_text(field(cache, "capacity_bytes")),
               run_text(warmer_of(status, text_of(cache, "cache")))});
  return table.empty() ? std::string{} : table.text(paint);
}

std::string strategies_table(const json& warmers, const json& now, const palette& paint) {
  text_table table{{"cache", "strategy", "last run", "result", ">warmed", ">used", ">precision",
                    ">lift in points", "standing"}};
  for (const auto& warmer : warmers)
    for (const auto& run : field(warmer, "strategies")) {
      const auto& proof = field(run, "proof");
      table.add({clean_text(text_of(warmer, "cache")), clean_text(text_of(run, "strategy")),
                 when_text(field(run, "last_run"), now), result_text(run, paint),
                 count_text(field(proof, "warmed")), count_text(field(proof, "used")),
                 ratio_text(field(proof, "precision")), lift_text(proof), standing_text(proof, paint)});
    }
  return table.empty() ? std::string{} : table.text(paint);
}

std::string schedules_table(const json& scheduler, const json& now, const palette& paint) {
  text_table table{{"schedule", "cache", "next run", "last run", "result", ">runs", ">failed", "why then"}};
  for (const auto& each : field(scheduler, "schedules")) {
    const auto ran = number_of(each, "runs") > 0;
    const auto result = flag_of(each, "succeeded") ? tone::good : tone::bad;
    table.add({clean_text(text_of(each, "id")), clean_text(text_of(each, "cache")),
               flag_of(each, "in_progress") ? paint(tone::strong, "running")
                                            : due_text(field(each, "next_run"), now),
               when_text(field(each, "last_run"), now),
               ran ? paint(result, clean_text(text_of(each, "result"), longest_reason)) : "-",
               count_text(field(each, "runs")), count_text(field(each, "failures")),
               clean_text(text_of(each, "why"), longest_reason)});
  }
  return table.empty() ? std::string{} : table.text(paint);
}

std::string memory_line(const json& status, const palette& paint) {
  const auto& memory = field(status, "memory");
  const auto& arbiter = field(status, "arbiter");
  const auto level = text_of(memory, "level");
  const auto shown = level == "critical" ? tone::bad : level == "high" ? tone::warning : tone::good;
  return fmt::format("memory: pressure is {}, {} in use; warming may take {}, {} leased\n",
                     paint(shown, level), ratio_text(field(memory, "used_share")),
                     bytes_text(field(arbiter, "budget_bytes")), bytes_text(field(arbiter, "leased_bytes")));
}

std::string status_text(const json& status, const std::string& server, const palette& paint) {
  const auto& now = field(status, "at");
  return heading(status, server, paint) + problem_lines(status, paint) +
         paragraph(caches_table(status, paint)) +
         paragraph(strategies_table(field(status, "warmers"), now, paint)) +
         paragraph(schedules_table(field(status, "scheduler"), now, paint)) +
         paragraph(origins_table(status, paint)) + paragraph(outside_table(status, paint)) +
         paragraph(feeds_table(status, paint)) + '\n' + memory_line(status, paint) +
         history_line(status, paint);
}

}  // namespace stoker::cli
