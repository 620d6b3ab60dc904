#include "apps/feeds/log_accesses.hpp"

#include "messages/key.hpp"

namespace stoker::feeds {

namespace {

constexpr std::size_t longest_subject = 1024;

}  // namespace

log_accesses::log_accesses(const std::string& pattern, log_access_rules rules)
    : format_(pattern.empty() ? log_format::combined() : log_format(pattern)),
      requests_(rules.keys, rules.methods),
      rules_(std::move(rules)) {}

bool log_accesses::is_wanted(const log_entry& entry, double now_s) const {
  if (entry.outcome == logged_outcome::bypassed || !requests_.is_read(entry)) return false;
  return rules_.max_age_s <= 0 || !entry.time || now_s - *entry.time <= rules_.max_age_s;
}

log_accesses::verdict log_accesses::read(std::string_view line, double now_s, reported_access& into,
                                         std::string& problem) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  log_entry entry;
  if (auto wrong = format_.parse(line, entry)) {
    problem = *std::move(wrong);
    return verdict::malformed;
  }
  if (!is_wanted(entry, now_s)) return verdict::left_out;
  const auto key = requests_.key_of(entry, key_room_);
  if (!key) return verdict::left_out;
  if (key->empty() || key->size() > max_key_bytes) {
    problem = "a key of " + std::to_string(key->size()) + " bytes";
    return verdict::malformed;
  }
  into = {};
  into.key = *key;
  const bool hit =
      entry.outcome == logged_outcome::unknown ? rules_.assume_hits : entry.outcome == logged_outcome::hit;
  into.outcome = hit ? access_outcome::hit : access_outcome::miss;
  into.bytes = entry.size;
  if (!hit) into.cost_us = entry.cost_us;
  if (rules_.subjects) into.subject = entry.subject.substr(0, longest_subject);
  return verdict::access;
}

}  // namespace stoker::feeds
