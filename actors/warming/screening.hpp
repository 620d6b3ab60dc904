// Screening: which keys warming leaves alone, whatever proposes them: those that a rule excludes, and those
// in the control group. Pure.
//
// Rules are globs over whole keys (messages/glob.hpp). A key is warmed when it matches an include rule, or
// there are none, and no exclude rule.
//
// The control group is a share of all keys, by hash of cache, key and epoch: the same whoever asks, so that
// one strategy, a restore or another node never warms what stands for the control of another. With every
// epoch the group is another, so that no key pays for ever.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"
#include "messages/warming.hpp"

namespace stoker {

struct key_rules {
  std::vector<std::string> include;  // empty: every key
  std::vector<std::string> exclude;
};

// Rules that can be replaced while others read them. Threads: any.
class live_key_rules {
 public:
  // REQUIRES: the rules are valid.
  explicit live_key_rules(key_rules rules) { set(std::move(rules)); }

  std::shared_ptr<const key_rules> get() const noexcept { return rules_.load(); }
  void set(key_rules rules) { rules_.store(std::make_shared<const key_rules>(std::move(rules))); }

 private:
  std::atomic<std::shared_ptr<const key_rules>> rules_;
};

// Throws stoker::error(errc::invalid_argument): an empty pattern, a set or an escape that does not end, too
// many rules.
void validate(const key_rules& rules);

struct screening_settings {
  key_rules rules;
  std::shared_ptr<const live_key_rules> live_rules{};  // stand instead of `rules`, unless null
  double hold_out_share = 0;                           // of keys, 0 to 0.5; the engine's default is 0.02
  duration epoch = std::chrono::hours{24};             // after which the control group changes
  // Candidates that must be proposed at once for there to be a control group: 2 % of 500 are ten keys, and
  // every fortieth such run fills the 400 that a verdict takes.
  std::size_t least_candidates = 500;
  // What of a throttled strategy's candidates is still warmed: as many as are held out measure a lift
  // soonest.
  double trickle_share = 0.02;
  // Strategies whose candidates the caller asked for one by one: never held out, never throttled.
  std::vector<std::string> exempt{"tasks",         "critical", "priority",
                                  "refresh_ahead", "explicit", "changed_files"};
};

void validate(const screening_settings& settings);

class screening {
 public:
  // REQUIRES: settings are valid.
  screening(std::string cache, screening_settings settings);

  // So many candidates were proposed at once. From the first time that there are enough, there is a control
  // group.
  void proposed(std::size_t candidates) noexcept {
    holding_out_ = holding_out_ || candidates >= settings_.least_candidates;
  }

  bool excluded(std::string_view key) const noexcept;
  bool held_out(std::string_view key, time_point now) const noexcept;
  // Of the keys that a throttled strategy may still warm.
  bool in_trickle(std::string_view key, time_point now) const noexcept;
  // One of the strategies that a candidate is credited to ("tasks+popular") is exempt.
  bool exempt(const candidate& item) const;

 private:
  static bool excludes(const key_rules& rules, std::string_view key) noexcept;
  double place(std::string_view key, time_point now) const noexcept;

  std::string cache_;
  screening_settings settings_;
  bool holding_out_ = false;
};

}  // namespace stoker
