// Redaction: hides the keys of a cache in whatever leaves the process, and still tells equal keys from
// different ones.
//
// A key becomes "key-" and 16 hexadecimal digits: the first 8 bytes of HMAC-SHA-256(secret, key). The form of
// a key is the same wherever and whenever the secret is: in a plan, in the report of its run, in two
// processes that share it.
//
// What it protects: who reads plans, reports, statistics or logs learns which keys are equal, and how often
// each is used, and not what they are; without the secret he can't try out keys that he guesses, either. What
// it does not protect: who knows the secret can try them out; how often a key is used may give it away; among
// a million keys, two share a form with a chance of 1 in 37 million. Tags, attributes, sizes and names of
// caches, strategies and schedules are told as they are, so tags that name persons should not be given. What
// an origin says when it fails is withheld, for it may name the key in a spelling of its own; what a host's
// own strategies and actions say is told, except for keys that stand in the same structure; in a status,
// which holds no keys to compare with, what any failure says is withheld. The history and snapshots on disk
// hold the keys themselves, for they are what is warmed from.
//
// A redacted plan is for people: its keys can't be warmed. Threads: any; a redaction never changes.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stoker {

struct access_patterns;
struct engine_status;
struct item_problem;
struct key_statistics;
struct load_receipt;
struct predictions;
struct ranked_key;
struct ranked_keys;
struct schedule_change;
struct slow_load;
struct warm_plan;
struct warm_report;
struct warming_performance;

// Withholds, of the caches that hide their keys, what failures say in a status: of strategies, schedules,
// back ends and actors. That they failed is told.
void withhold_failures(engine_status& status, const std::set<std::string>& hiding);

// 32 bytes that nobody can guess.
std::string random_secret();

class redaction {
 public:
  // Hides nothing: every key is told as it is.
  redaction() = default;
  // REQUIRES: the secret is not empty.
  explicit redaction(std::string secret);

  bool hides() const noexcept { return !secret_.empty(); }
  std::string key(std::string_view key) const;
  // A text with the given keys hidden wherever they stand in it word for word.
  std::string text(std::string text, const std::vector<std::string>& keys) const;

  // Hides every key that stands in it.
  void apply(warm_plan& plan) const;
  void apply(warm_report& report) const;
  void apply(warming_performance& performance) const;
  void apply(load_receipt& receipt) const;
  void apply(ranked_keys& ranked) const;
  void apply(key_statistics& known) const;
  void apply(access_patterns& patterns) const;
  void apply(predictions& predicted) const;
  void apply(schedule_change& change) const;

 private:
  void hide(std::string& key) const;
  void hide(std::vector<std::string>& keys) const;
  void hide(std::vector<ranked_key>& keys) const;
  void hide(std::vector<slow_load>& loads) const;
  void hide(std::vector<item_problem>& problems, const warm_report& report) const;

  std::string secret_;
};

}  // namespace stoker
