#include <limits>

#include "apps/configuration/back_ends.hpp"
#include "apps/configuration/origin_kinds.hpp"
#include "apps/configuration/setting_readers.hpp"

namespace stoker::configuration {

namespace {

const std::map<std::string, eviction> eviction_words{
    {"lru", eviction::lru}, {"s3fifo", eviction::s3fifo}, {"learned", eviction::learned}};
const std::map<std::string, predictor_kind> predictor_words{
    {"none", predictor_kind::none}, {"popular", predictor_kind::popular}, {"stoker", predictor_kind::stoker}};
const std::map<std::string, operating_point> point_words{{"frugal", operating_point::frugal},
                                                         {"balanced", operating_point::balanced},
                                                         {"eager", operating_point::eager}};

void set_span(section& from, const std::string& key, duration& into) {
  if (const auto given = from.span(key)) into = *given;
}

void read_size(section& from, cache_config& into) {
  const auto bytes = from.megabytes("capacity_mb");
  const auto entries = from.integer("capacity_entries", 1, std::numeric_limits<std::int64_t>::max());
  if (bytes && entries) from.fail("capacity_entries", "stands for capacity_mb: leave one of them out");
  if (bytes && *bytes == 0) from.fail("capacity_mb", "must be at least 1");
  into.capacity_bytes = bytes.value_or(into.capacity_bytes);
  into.capacity_entries = static_cast<std::uint64_t>(entries.value_or(0));
  into.eviction_policy = from.choice("eviction", eviction_words).value_or(into.eviction_policy);
}

void read_prediction(section& from, cache_config& into) {
  into.predictor = from.choice("predictor", predictor_words).value_or(into.predictor);
  into.point = from.choice("operating_point", point_words).value_or(into.point);
  into.observe = from.flag("observe").value_or(into.observe);
  into.opaque_keys = from.flag("opaque_keys").value_or(into.opaque_keys);
}

void read_rules_of_keys(section& from, cache_config& into) {
  into.include_keys = from.texts("include_keys");
  into.exclude_keys = from.texts("exclude_keys");
  const auto held_out = from.number("hold_out", 0);
  if (held_out && *held_out > 0.5) from.fail("hold_out", "must be a share from 0 to 0.5");
  into.hold_out = held_out.value_or(into.hold_out);
}

void read_times(section& from, cache_config& into) {
  set_span(from, "ttl", into.ttl);
  set_span(from, "absent_ttl", into.absent_ttl);
  into.early_renewal = from.number("early_renewal", 0).value_or(into.early_renewal);
  set_span(from, "load_timeout", into.load_timeout);
  into.direct_deletes = from.flag("direct_deletes").value_or(into.direct_deletes);
  set_span(from, "fence_ttl", into.fence_ttl);
  set_span(from, "proof_horizon", into.proof_horizon);
}

key_rule read_rule(section& from) {
  key_rule rule;
  rule.keys = from.text("keys").value_or("");
  if (rule.keys.empty()) from.fail("a rule needs keys, a pattern such as \"user:*\"");
  rule.origin = from.text("origin").value_or("");
  rule.ttl = from.span("ttl").value_or(duration{});
  rule.tags = from.texts("tags");
  rule.subject = from.text("subject").value_or("");
  from.check_keys();
  return rule;
}

changed_key read_changed_key(section& from) {
  changed_key read;
  read.files = from.text("files").value_or("{path*}");
  read.key = from.text("key").value_or("{path}");
  from.check_keys();
  return read;
}

back_end_choice read_back_end(section& from, std::string& kind) {
  kind = from.text("back_end").value_or("memory");
  const auto& all = back_ends();
  const auto found = all.find(kind);
  if (found == all.end()) from.refuse_word("back_end", kind, names_of(all));
  return found->second(from);
}

// What the engine would say of the cache, said here with file and line.
void check_origin(section& from, const cache_settings& read, bool loads_by_itself) {
  if (loads_by_itself && !read.origin.empty())
    from.fail("origin", "must be left out: the back end \"" + read.back_end + "\" loads by itself");
  if (!loads_by_itself && read.origin.empty()) from.fail("it needs an origin: the name of an [[origin]]");
}

}  // namespace

cache_settings read_cache(section& from) {
  cache_settings read;
  read.where = from.where();
  read.config.name = from.text("name").value_or("");
  if (read.config.name.empty()) from.fail("it needs a name");
  auto choice = read_back_end(from, read.back_end);
  read.shown = std::move(choice.shown);
  read.make_back_end = std::move(choice.make);
  read.origin = from.text("origin").value_or("");
  read_size(from, read.config);
  read_times(from, read.config);
  read_prediction(from, read.config);
  read_rules_of_keys(from, read.config);
  if (auto strategy = from.text("default_strategy")) read.config.default_strategy = *strategy;
  read.config.redact_keys = from.flag("redact_keys").value_or(false);
  read.config.reads = from.texts("reads");
  for (auto& rule : from.tables("rules")) read.rules.push_back(read_rule(rule));
  for (auto& each : from.tables("changed_keys")) read.changed_keys.push_back(read_changed_key(each));
  check_origin(from, read, choice.loads_by_itself);
  from.check_keys();
  return read;
}

namespace {

// Empty: none of the keys is there.
std::optional<origin_limits> read_limits(section& from) {
  const auto by_second = from.number("calls_per_second", 0);
  const auto by_minute = from.number("calls_per_minute", 0);
  const auto burst = from.number("burst", 0);
  const auto megabytes = from.number("mb_per_second", 0);
  constexpr std::int64_t most_calls = 100'000;
  const auto in_flight = from.integer("in_flight", 1, most_calls);
  if (by_second && by_minute)
    from.fail("calls_per_minute", "stands for calls_per_second: leave one of them out");
  if (burst && !by_second && !by_minute) from.fail("burst", "goes with calls_per_second or calls_per_minute");
  if (!by_second && !by_minute && !megabytes && !in_flight) return std::nullopt;
  origin_limits limits;
  if (by_second) limits.calls = per_second(*by_second, burst.value_or(0));
  if (by_minute) limits.calls = per_minute(*by_minute, burst.value_or(0));
  constexpr double megabyte = 1 << 20;
  if (megabytes) limits.bytes = per_second(*megabytes * megabyte);
  limits.in_flight = static_cast<std::uint32_t>(in_flight.value_or(0));
  return limits;
}

}  // namespace

origin_settings read_origin(section& from) {
  origin_settings read;
  read.where = from.where();
  read.name = from.text("name").value_or("");
  if (read.name.empty()) from.fail("it needs a name");
  read.kind = from.text("kind").value_or("");
  const auto& all = origin_kinds();
  const auto found = all.find(read.kind);
  if (found == all.end()) from.refuse_word("kind", read.kind, names_of(all));
  auto choice = found->second(from);
  read.shown = std::move(choice.shown);
  read.make = std::move(choice.make);
  read.limits = read_limits(from);
  from.check_keys();
  return read;
}

}  // namespace stoker::configuration
