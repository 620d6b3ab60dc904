// A world in which one strategy helps, one does nothing and one harms, and what screening, planner and ledger
// make of them together, as the warmer puts them together: nobody tells them which is which.
//
// Every hour each strategy proposes 2,000 keys, but the memory budget holds 2,500 entries:
//   helps    30 % of its keys are demanded within the hour, and would miss unwarmed
//   nothing  2 % of its keys are demanded, but the application itself sets them just before: they hit anyway,
//   so
//            that what it warms looks useful by use alone
//   harms    claims to be certain, and so takes the budget first; none of its keys is ever demanded
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "actors/warming/plan.hpp"
#include "actors/warming/screening.hpp"
#include "actors/warming/trial_ledger.hpp"
#include "messages/key.hpp"
#include "storage/caches/memory/memory_cache.hpp"

BOOST_AUTO_TEST_SUITE(proof_world)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

constexpr int proposals_an_hour = 2000;
constexpr std::uint64_t entries_in_budget = 2500;

struct strategy_in_world {
  const char* name;
  double claims;    // probability, as it says
  double demanded;  // share of its keys, in truth
  bool set_live;    // by the application, before it demands them
};

class world {
 public:
  world() : screened_("pages", settings()), ledger_({.horizon = 1h}) {
    screened_.proposed(proposals_an_hour);
    memory_cache_config config;
    config.capacity_entries = 20'000;
    config.policy = eviction::lru;
    entries_ = std::make_unique<memory_cache>(config);
  }

  void hour() {
    requests_ = hits_ = 0;
    auto plan = make_plan(propose(), context());
    warm(plan);
    now_ += 1min;
    serve();
    now_ += 2h;
    ledger_.settle(now_);
    ++hours_;
  }

  // How many candidates a strategy had proposed when it came to this standing; hours go by until it does.
  int candidates_until(const std::string& strategy, strategy_standing standing, int most_hours) {
    for (int i = 0; i < most_hours; ++i) {
      if (ledger_.proof_of(strategy).standing == standing) break;
      hour();
    }
    BOOST_TEST_REQUIRE((ledger_.proof_of(strategy).standing == standing));
    return hours_ * proposals_an_hour;
  }

  double hit_ratio() const { return static_cast<double>(hits_) / requests_; }  // of the last hour
  std::uint64_t warmed_this_hour(const std::string& strategy) { return warmed_[strategy]; }
  strategy_proof proof_of(const std::string& strategy) const { return ledger_.proof_of(strategy); }

  std::vector<strategy_in_world> strategies{
      {"helps", 0.3, 0.3, false}, {"nothing", 0.5, 0.02, true}, {"harms", 0.99, 0, false}};

 private:
  static screening_settings settings() {
    screening_settings chosen;
    chosen.hold_out_share = 0.02;
    return chosen;
  }

  std::string key(const strategy_in_world& of, int number) const {
    return std::string{of.name} + "/" + std::to_string(hours_) + "/" + std::to_string(number);
  }

  std::vector<candidate> propose() const {
    std::vector<candidate> all;
    for (const auto& each : strategies)
      for (int i = 0; i < proposals_an_hour; ++i) {
        auto& proposed = all.emplace_back();
        proposed.key = key(each, i);
        proposed.strategy = each.name;
        proposed.probability = each.claims;
        proposed.bytes = 100;
      }
    return all;
  }

  plan_context context() const {
    plan_context context;
    context.now = now_;
    context.budget_bytes = entries_in_budget * (100 + 20 + entry_overhead_bytes);  // of value, some 20 of key
    context.held_out = [this](const std::string& k) { return screened_.held_out(k, now_); };
    context.throttled = [this](const candidate& item) {
      return ledger_.throttled(item.strategy) && !screened_.in_trickle(item.key, now_);
    };
    return context;
  }

  void warm(const warm_plan& plan) {
    warmed_.clear();
    for (const auto& phase : plan.phases)
      for (const auto& item : phase.items) {
        const auto token = entries_->begin_fill(item.key);
        entries_->fill(item.key, token, value{"warm"}, {}, filled_by::warmer, now_);
        ledger_.warmed(item.key, {item.strategy}, 1, now_);
        ++warmed_[item.strategy];
      }
    for (const auto& left : plan.left_out)
      if (left.reason == left_out_reason::held_out)
        ledger_.held_out(left.item.key, {left.item.strategy}, now_);
  }

  void serve() {
    access_batch batch;
    batch.taken_at = now_;
    for (const auto& each : strategies)
      for (int i = 0; i < proposals_an_hour; ++i)
        if (std::bernoulli_distribution{each.demanded}(random_)) demand(batch, key(each, i), each.set_live);
    ledger_.observe(batch);
  }

  void demand(access_batch& batch, const std::string& k, bool set_live) {
    if (set_live) entries_->put(k, value{"live"}, {}, now_);
    const auto found = entries_->get(k, now_).outcome;
    ++requests_;
    hits_ += found == lookup::miss ? 0 : 1;
    access_record record;
    record.hash = hash_key(k);
    record.outcome = found == lookup::miss        ? access_outcome::miss
                     : found == lookup::first_use ? access_outcome::first_use
                                                  : access_outcome::hit;
    batch.records.push_back(record);
  }

  screening screened_;
  trial_ledger ledger_;
  std::unique_ptr<memory_cache> entries_;
  std::mt19937 random_{20260401};
  time_point now_{24h * 20'000};
  int hours_ = 0;
  int requests_ = 0;
  int hits_ = 0;
  std::map<std::string, std::uint64_t> warmed_;
};

BOOST_AUTO_TEST_CASE(finds_out_which_strategy_helps_which_does_nothing_and_which_harms) {
  world w;
  w.hour();
  const auto at_first = w.hit_ratio();
  BOOST_TEST(w.warmed_this_hour("helps") == 0u);  // the one that harms has taken the budget
  const auto harms = w.candidates_until("harms", strategy_standing::throttled, 100);
  const auto nothing = w.candidates_until("nothing", strategy_standing::throttled, 200);
  w.candidates_until("helps", strategy_standing::proven, 20);
  for (int i = 0; i < 5; ++i) w.hour();
  BOOST_TEST_MESSAGE("harms was throttled after " << harms << " candidates, nothing after " << nothing
                                                  << "; hit ratio " << at_first << " -> " << w.hit_ratio());
  // 400 controls at 2 % are 20,000 candidates; some more, for the control group is a sample itself.
  BOOST_TEST(harms <= 24'000);
  BOOST_TEST(nothing <= 120'000);
  BOOST_TEST(at_first < 0.15);
  BOOST_TEST(w.hit_ratio() > 0.9);
  BOOST_TEST(w.warmed_this_hour("harms") <= 60u);  // a trickle
  BOOST_TEST(w.warmed_this_hour("nothing") <= 60u);
  BOOST_TEST(w.warmed_this_hour("helps") >= 1900u);
  BOOST_TEST(w.proof_of("helps").lift > 0.25);
  BOOST_TEST(w.proof_of("helps").lift_low > 0);
  BOOST_TEST(w.proof_of("helps").origin_calls_saved > 0u);
}

BOOST_AUTO_TEST_CASE(a_throttled_strategy_comes_back_by_itself_when_it_helps_again) {
  world w;
  w.candidates_until("harms", strategy_standing::throttled, 100);
  w.strategies[2].demanded = 0.3;
  const auto hours = w.candidates_until("harms", strategy_standing::proven, 30) / proposals_an_hour;
  BOOST_TEST_MESSAGE("back after " << hours << " hours in all");
  BOOST_TEST(hours <= 12 + 10);
  w.hour();
  BOOST_TEST(w.warmed_this_hour("harms") >= 1900u);
}

BOOST_AUTO_TEST_CASE(nothing_that_helps_is_throttled_in_the_long_run) {
  world w;
  w.strategies = {{"helps", 0.3, 0.05, false}};  // little, but more than a point
  for (int i = 0; i < 150; ++i) {
    w.hour();
    BOOST_TEST_REQUIRE((w.proof_of("helps").standing != strategy_standing::throttled));
  }
  BOOST_TEST((w.proof_of("helps").standing == strategy_standing::proven));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
