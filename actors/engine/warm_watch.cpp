#include "actors/engine/warm_watch.hpp"

#include <fmt/format.h>

#include <caf/all.hpp>
#include <cmath>
#include <cstdlib>

namespace stoker {

namespace {

// A record that moved by less is not worth a write.
constexpr double noteworthy_change = 0.001;
constexpr auto save_interval = std::chrono::minutes{1};

// The document: the version of its format and the steady hit ratio, in words: "1 0.9731".
constexpr auto format_prefix = "1 ";

std::string document_name(const std::string& cache) {
  return "steady state of " + cache;
}

double decode(const std::string& bytes) {
  return bytes.starts_with(format_prefix) ? std::strtod(bytes.c_str() + 2, nullptr) : -1;
}

}  // namespace

void warm_watch::attach(engine_actor::pointer self, const engine_parts& parts) {
  self_ = self;
  parts_ = parts;
}

void warm_watch::add(const std::shared_ptr<managed_cache>& cache) {
  const auto& name = cache->config.name;
  caches_.insert_or_assign(name, watched{cache, hit_windows{window_requests(cache->config.capacity_entries)},
                                         warm_gauge{parts_.config.now()}});
  restore(name);
}

void warm_watch::restore(const std::string& cache) {
  const auto historian = parts_.peers->historian();
  if (!historian) return;
  self_
      ->request(historian, parts_.config.request_timeout,
                document_request{document_kind::report, document_name(cache)})
      .then(
          [this, cache](const document& kept) {
            const auto found = caches_.find(cache);
            if (found == caches_.end() || kept.bytes.empty()) return;
            found->second.saved = decode(kept.bytes);
            found->second.gauge.restore(found->second.saved);
          },
          [](const caf::error&) {});  // it is found out anew
}

void warm_watch::look() {
  std::vector<cache_pulse> pulses;
  for (auto& [name, each] : caches_) {
    sample(each);
    auto& pulse = pulses.emplace_back();
    pulse.cache = name;
    pulse.entries = each.cache->counts().entries;
  }
  for (const auto& name : emptied_.look(pulses)) caches_.at(name).gauge.emptied(parts_.config.now());
  if (const auto now = parts_.config.now(); now >= next_save_) {
    next_save_ = now + save_interval;
    save();
  }
}

void warm_watch::sample(watched& each) {
  const auto counts = each.cache->counts();
  if (each.windows.sample(counts.hits, counts.misses))
    each.gauge.closed(*each.windows.last(), parts_.config.now());
  each.cache->recent_hit_ratio = each.windows.last().value_or(-1);
  each.cache->steady_hit_ratio = each.gauge.steady();
  each.cache->warmness = each.gauge.warmness();
  each.cache->time_to_warm_ns = each.gauge.time_to_warm().count();
}

void warm_watch::save() {
  const auto historian = parts_.peers->historian();
  if (!historian) return;
  for (auto& [name, each] : caches_) {
    const auto steady = each.gauge.steady();
    if (!each.gauge.warm() || std::abs(steady - each.saved) < noteworthy_change) continue;
    const auto before = std::exchange(each.saved, steady);
    document kept{document_kind::report, document_name(name), fmt::format("{}{:.4f}", format_prefix, steady)};
    self_->request(historian, parts_.config.request_timeout, std::move(kept))
        .then([](const history_receipt&) {},
              [&each, before](const caf::error&) { each.saved = before; });  // tried again with the next
  }
}

}  // namespace stoker
