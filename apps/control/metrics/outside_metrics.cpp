// What lies outside of the engine: caches elsewhere, snapshots on disk, feeds.
#include "apps/control/metrics/sections.hpp"

namespace stoker::control {

namespace {

metric_labels labels_of(const outside_status& cache) {
  return {{"cache", cache.cache}};
}

void add_reach(metric_families& into, const engine_status& status) {
  auto& up = into.gauge("outside_up", "1 when the cache elsewhere answered when it was looked at last.");
  auto& answered = into.gauge("outside_answered_timestamp_seconds", "When it answered last.");
  auto& looks = into.counter("outside_looks_total", "Looks at it, by result (answered, failed).");
  auto& restarts = into.counter("outside_restarts_total", "Times that another process of it answered.");
  auto& emptied = into.counter("outside_emptied_total", "Times that what it held was gone at once.");
  for (const auto& cache : status.outside) {
    up.add(cache.reachable ? 1 : 0, labels_of(cache));
    answered.add_time(cache.answered_at, labels_of(cache));
    looks.add(static_cast<double>(cache.looks - cache.failed_looks),
              {{"cache", cache.cache}, {"result", "answered"}});
    looks.add(static_cast<double>(cache.failed_looks), {{"cache", cache.cache}, {"result", "failed"}});
    restarts.add(static_cast<double>(cache.restarts), labels_of(cache));
    emptied.add(static_cast<double>(cache.emptied), labels_of(cache));
  }
}

void add_room(metric_families& into, const engine_status& status) {
  auto& entries = into.gauge("outside_entries", "Entries in it, of all its users.");
  auto& used = into.gauge("outside_used_bytes", "Memory that it uses.");
  auto& limit = into.gauge("outside_limit_bytes", "Memory that it may use; none where it has no limit.");
  auto& room =
      into.gauge("outside_head_room_bytes",
                 "What fills may take before it would evict or refuse; none where that is not known.");
  auto& evictions = into.counter("outside_evictions_total", "Entries it evicted, since its start.");
  for (const auto& cache : status.outside) {
    if (cache.answered_at == time_point{}) continue;  // nothing is known
    entries.add(static_cast<double>(cache.entries), labels_of(cache));
    used.add(static_cast<double>(cache.used_bytes), labels_of(cache));
    if (cache.limit_bytes > 0) limit.add(static_cast<double>(cache.limit_bytes), labels_of(cache));
    if (cache.limit_bytes > 0 || cache.full)
      room.add(static_cast<double>(cache.head_room_bytes()), labels_of(cache));
    evictions.add(static_cast<double>(cache.evictions), labels_of(cache));
  }
}

void add_fills(metric_families& into, const engine_status& status) {
  auto& fills = into.counter("outside_fills_total", "Fills, refreshes and sets of Stoker's, by result.");
  auto& troubles = into.counter("outside_troubles_total", "Items that came to nothing, by reason.");
  for (const auto& cache : status.outside) {
    const auto add = [&](const char* result, std::uint64_t count) {
      fills.add(static_cast<double>(count), {{"cache", cache.cache}, {"result", result}});
    };
    add("stored", cache.stored);
    add("present", cache.present);
    add("fenced", cache.fenced);
    add("too_large", cache.too_large);
    for (const auto& each : cache.troubles)
      troubles.add(static_cast<double>(each.items), {{"cache", cache.cache}, {"reason", each.trouble}});
  }
}

}  // namespace

void add_outside_metrics(metric_families& into, const engine_status& status) {
  add_reach(into, status);
  add_room(into, status);
  add_fills(into, status);
}

void add_snapshot_metrics(metric_families& into, const engine_status& status) {
  auto& age = into.gauge("snapshot_age_seconds", "Since the hot set of a cache was saved; none: it was not.");
  auto& keys = into.gauge("snapshot_keys", "Keys in it.");
  auto& bytes = into.gauge("snapshot_bytes", "Size of its file.");
  auto& failures = into.counter("snapshot_failures_total", "Times that one could not be saved or loaded.");
  for (const auto& each : status.snapshots) {
    const metric_labels labels{{"cache", each.cache}};
    failures.add(static_cast<double>(each.failures), labels);
    if (each.saved_at == time_point{}) continue;
    age.add(seconds_of(status.at - each.saved_at), labels);
    keys.add(static_cast<double>(each.saved_keys), labels);
    bytes.add(static_cast<double>(each.saved_bytes), labels);
  }
}

void add_feed_metrics(metric_families& into, const std::vector<feed_status>& feeds) {
  auto& up = into.gauge("feed_up", "1 while a feed can hear of accesses.");
  auto& accesses = into.counter("feed_accesses_total",
                                "Accesses reported, by result: recorded, malformed, left_out (by its rules), "
                                "dropped (lost).");
  auto& clients = into.gauge("feed_clients", "Connections that report to it.");
  auto& refused = into.counter("feed_refused_total", "Connections closed for what they sent, or for room.");
  auto& reconnects = into.counter("feed_reconnects_total", "Connections made, or logs opened, anew.");
  auto& outages = into.counter("feed_outages_total", "Times that its source was not there, or went away.");
  for (const auto& feed : feeds) {
    const metric_labels labels{{"feed", feed.feed}, {"kind", feed.kind}, {"cache", feed.cache}};
    const auto add = [&](const char* result, std::uint64_t count) {
      auto more = labels;
      more.emplace_back("result", result);
      accesses.add(static_cast<double>(count), more);
    };
    up.add(feed.connected ? 1 : 0, labels);
    add("recorded", feed.recorded);
    add("malformed", feed.malformed);
    add("left_out", feed.left_out);
    add("dropped", feed.dropped);
    if (feed.kind == "socket") clients.add(static_cast<double>(feed.clients), labels);
    refused.add(static_cast<double>(feed.refused), labels);
    reconnects.add(static_cast<double>(feed.reconnects), labels);
    outages.add(static_cast<double>(feed.outages), labels);
  }
}

}  // namespace stoker::control
