#include "messages/redaction.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "messages/error.hpp"
#include "messages/loading.hpp"
#include "messages/performance.hpp"
#include "messages/prefetching.hpp"
#include "messages/scheduling.hpp"
#include "messages/statistics.hpp"
#include "messages/status.hpp"
#include "messages/warming.hpp"

namespace stoker {

namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t form_bytes = 8;  // of the authentication code, that a form shows
constexpr const char* withheld = "withheld: what an origin says may name the key";
constexpr const char* failure_withheld = "withheld: what is said of a failure may name keys";

void withhold(std::string& text) {
  if (!text.empty()) text = failure_withheld;
}

// One that names no cache may be about any of them.
void withhold(schedule_state& schedule, const std::set<std::string>& hiding) {
  if (!schedule.cache.empty() && !hiding.contains(schedule.cache)) return;
  if (!schedule.succeeded) withhold(schedule.result);
  // After the counts of several caches, what one of them has to say.
  schedule.result = schedule.result.substr(0, schedule.result.find(';'));
  withhold(schedule.last_error);
}

// "warmer pages"
bool is_of(const actor_status& actor, const std::set<std::string>& caches) {
  const auto blank = actor.name.find(' ');
  return blank != std::string::npos && caches.contains(actor.name.substr(blank + 1));
}

// An action stands among the problems under its own name.
bool is_strategy(const warm_report& report, const std::string& name) {
  return std::find(report.strategies.begin(), report.strategies.end(), name) != report.strategies.end();
}

std::vector<std::string> keys_of(const warm_report& report) {
  std::vector<std::string> keys;
  for (const auto& problem : report.problems)
    if (!is_strategy(report, problem.key)) keys.push_back(problem.key);
  for (const auto& slow : report.slow_loads) keys.push_back(slow.key);
  return keys;
}

}  // namespace

void withhold_failures(engine_status& status, const std::set<std::string>& hiding) {
  if (hiding.empty()) return;
  for (auto& warmer : status.warmers)
    if (hiding.contains(warmer.cache))
      for (auto& strategy : warmer.strategies) withhold(strategy.error);
  for (auto& schedule : status.scheduler.schedules) withhold(schedule, hiding);
  for (auto& outside : status.outside)
    if (hiding.contains(outside.cache)) withhold(outside.detail);
  for (auto& actor : status.actors)
    if (is_of(actor, hiding)) withhold(actor.last_failure);
}

std::string random_secret() {
  std::string secret(secret_bytes, '\0');
  std::array<unsigned char, secret_bytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw error{errc::unavailable, "redaction: the system gave no random bytes; give a redaction_secret"};
  std::copy(bytes.begin(), bytes.end(), secret.begin());
  return secret;
}

redaction::redaction(std::string secret) : secret_(std::move(secret)) {
  assert(!secret_.empty());
}

std::string redaction::key(std::string_view key) const {
  if (!hides()) return std::string{key};
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  const auto* made =
      HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
           reinterpret_cast<const unsigned char*>(key.data()), key.size(), code.data(), nullptr);
  // Better no form at all than the key.
  if (made == nullptr) return "key-hidden";
  constexpr const char* digits = "0123456789abcdef";
  std::string form = "key-";
  for (std::size_t i = 0; i < form_bytes; ++i) {
    form += digits[code[i] >> 4];
    form += digits[code[i] & 15];
  }
  return form;
}

// In one pass, so that no form is mistaken for a key; the longest of the keys that begin at a place counts.
std::string redaction::text(std::string text, const std::vector<std::string>& keys) const {
  if (!hides()) return text;
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::string* longest = nullptr;
    for (const auto& each : keys)
      if (!each.empty() && text.compare(at, each.size(), each) == 0 &&
          (!longest || each.size() > longest->size()))
        longest = &each;
    result += longest ? key(*longest) : text.substr(at, 1);
    at += longest ? longest->size() : 1;
  }
  return result;
}

void redaction::hide(std::string& hidden) const {
  if (!hidden.empty()) hidden = key(hidden);
}

void redaction::hide(std::vector<std::string>& keys) const {
  for (auto& each : keys) hide(each);
}

void redaction::hide(std::vector<ranked_key>& keys) const {
  for (auto& each : keys) hide(each.key);
}

void redaction::hide(std::vector<slow_load>& loads) const {
  for (auto& each : loads) hide(each.key);
}

void redaction::hide(std::vector<item_problem>& problems, const warm_report& report) const {
  const auto keys = keys_of(report);
  for (auto& problem : problems) {
    problem.reason = problem.from_origin ? withheld : text(std::move(problem.reason), keys);
    if (!is_strategy(report, problem.key)) hide(problem.key);
  }
}

void redaction::apply(warm_plan& plan) const {
  if (!hides()) return;
  const auto conceal = [this](candidate& item) {
    hide(item.key);
    hide(item.dependencies);
  };
  for (auto& phase : plan.phases) std::for_each(phase.items.begin(), phase.items.end(), conceal);
  for (auto& left_out : plan.left_out) conceal(left_out.item);
}

void redaction::apply(warm_report& report) const {
  if (!hides()) return;
  const auto keys = keys_of(report);
  report.error = text(std::move(report.error), keys);
  for (auto& note : report.notes) note = text(std::move(note), keys);
  for (auto& warning : report.warnings) warning = text(std::move(warning), keys);
  hide(report.problems, report);
  hide(report.slow_loads);
}

void redaction::apply(warming_performance& performance) const {
  if (hides()) hide(performance.slow_loads);
}

void redaction::apply(load_receipt& receipt) const {
  if (!hides()) return;
  hide(receipt.key);
  if (!receipt.error.empty()) receipt.error = withheld;
}

void redaction::apply(ranked_keys& ranked) const {
  if (hides()) hide(ranked.keys);
}

void redaction::apply(key_statistics& known) const {
  if (!hides()) return;
  hide(known.key);
  for (auto& [key, count] : known.co_accessed) hide(key);
}

void redaction::apply(access_patterns& patterns) const {
  if (!hides()) return;
  hide(patterns.top);
  hide(patterns.trending);
}

void redaction::apply(predictions& predicted) const {
  if (!hides()) return;
  for (auto& each : predicted.candidates) {
    hide(each.key);
    hide(each.source_key);
  }
  hide(predicted.unknown);
}

void redaction::apply(schedule_change& change) const {
  if (hides()) hide(change.key);
}

}  // namespace stoker
