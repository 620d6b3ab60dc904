#include "apps/daemon/description.hpp"

#include <fmt/format.h>

#include "actors/scheduling/timetable.hpp"
#include "apps/daemon/assembly.hpp"
#include "apps/daemon/state_folder.hpp"

namespace stoker::daemon {

namespace {

using configuration::cache_settings;
using configuration::daemon_settings;
using configuration::server_settings;

constexpr std::uint64_t megabyte = 1 << 20;

void add(std::string& to, const std::string& what, const std::string& text) {
  to += fmt::format("{:<20} {}\n", what, text);
}

std::string seconds_text(duration time) {
  return fmt::format("{:g} s", std::chrono::duration<double>{time}.count());
}

std::string addresses_of(const server_settings& server) {
  std::string text;
  if (!server.address.empty())
    text = fmt::format("http{}://{}:{}", server.certificate.empty() ? "" : "s", server.address, server.port);
  if (!server.socket.empty()) text += (text.empty() ? "unix:" : ", unix:") + server.socket;
  return text.empty() ? "none" : text;
}

std::string authentication_of(const daemon_settings& settings) {
  std::string text = settings.server.token.empty() ? "a token in " + token_file(settings.folder).string()
                                                   : std::string{"the configured token"};
  if (!settings.server.client_ca.empty()) text += ", or a client certificate";
  return text;
}

std::string engine_text(const engine_config& engine) {
  const auto& profile = engine.profile;
  auto text = fmt::format("profile {}: batches of {}, {} loads at once in a run, {} loaders", profile.name,
                          profile.batch_items, profile.workers, engine.loaders);
  if (profile.origin_calls_per_minute > 0)
    text += fmt::format(", {} calls a minute at an origin", profile.origin_calls_per_minute);
  if (engine.memory_budget_bytes > 0)
    text += fmt::format(", {} MiB of all warming together", engine.memory_budget_bytes / megabyte);
  return text;
}

std::string size_of(const cache_config& config) {
  return config.capacity_entries > 0 ? fmt::format("{} entries", config.capacity_entries)
                                     : fmt::format("{} MiB", config.capacity_bytes / megabyte);
}

std::string cache_text(const cache_settings& cache) {
  const auto& config = cache.config;
  auto text = cache.back_end;
  if (cache.make_back_end)
    text += " at " + cache.shown;
  else
    text += fmt::format(" of {}, eviction {}", size_of(config), to_string(config.eviction_policy));
  if (!cache.origin.empty()) text += ", from " + cache.origin;
  if (config.ttl > duration::zero()) text += ", TTL " + seconds_text(config.ttl);
  if (config.observe) text += ", predictions observed only";
  if (!cache.rules.empty()) text += fmt::format(", {} rules", cache.rules.size());
  if (cache.config.redact_keys) text += ", keys hidden";
  return text;
}

// In the words that status tells, too.
void add_schedules(std::string& to, const configuration::schedule_settings& warming) {
  if (!warms_in_background(warming))
    return add(to, "background", warming.enabled ? "nothing is scheduled" : "switched off");
  if (warming.interval > duration::zero())
    add(to, "interval", "each cache every " + seconds_text(warming.interval));
  timetable table{warming.node};
  table.start({warming.schedules, warming.calendars}, time_point{});
  for (const auto& line : table.status().schedules) {
    const auto what = line.cache.empty() ? std::string{} : line.cache + ", ";
    add(to, "schedule " + line.id, what + line.why);
  }
}

}  // namespace

std::string describe(const daemon_settings& settings) {
  std::string text;
  const auto holder = holder_of(settings.folder);
  add(text, "folder", settings.folder + (holder ? fmt::format(" (in use by process {})", *holder) : ""));
  add(text, "control API", addresses_of(settings.server));
  add(text, "authentication", authentication_of(settings));
  add(text, "engine", engine_text(settings.engine));
  add(text, "history", settings.engine.history_folder.empty() ? "not kept" : settings.engine.history_folder);
  for (const auto& each : settings.origins) add(text, "origin " + each.name, each.kind + ": " + each.shown);
  for (const auto& each : settings.caches) add(text, "cache " + each.config.name, cache_text(each));
  for (const auto& each : settings.feeds)
    add(text, "feed " + each.name, fmt::format("{}: {}, for {}", each.kind, each.shown, each.cache));
  add_schedules(text, settings.warming);
  for (const auto& note : settings.notes) add(text, "note", note);
  return text;
}

}  // namespace stoker::daemon
