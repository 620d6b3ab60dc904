// Properties of planning and running together: whatever is proposed and whatever happens, a run loads nothing
// that a rule excludes or that is held out, nothing before what it depends on or after that failed, and never
// more than its budget.
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>

#include "actors/warming/plan.hpp"
#include "actors/warming/run.hpp"
#include "tests/actors/warming/run_samples.hpp"

BOOST_AUTO_TEST_SUITE(plan_and_run)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

class random_world {
 public:
  explicit random_world(std::uint32_t seed) : random_(seed) {}

  void live_through() {
    auto context = make_context();
    auto plan = make_plan(propose(), context);
    remember(plan);
    BOOST_REQUIRE_LE(plan.planned_bytes, context.budget_bytes);
    auto head = header();
    head.budget_bytes = context.budget_bytes;
    run_settings settings;
    settings.batch_items = 1 + up_to(10);
    settings.workers = 1 + up_to(5);
    settings.offers = 1 + up_to(3);
    settings.overhead_bytes = context.overhead_bytes;
    run tested{std::move(plan), settings, head, start + 1h};
    auto now = start;
    for (int step = 0; !tested.finished(); ++step) {
      BOOST_REQUIRE_LT(step, 100'000);
      for (const auto& each : tested.take(now)) check_start(each.key);
      BOOST_REQUIRE_LE(bytes_in_use(context), context.budget_bytes);
      if (!under_way_.empty())
        settle_one(tested, now);
      else if (!tested.finished())
        now = std::max(now + 1ms, tested.wake_at(now));
    }
    const auto report = tested.report(now);
    BOOST_REQUIRE(report.reconciles());
    std::uint64_t warmed = 0;
    std::uint64_t items = 0;
    for (const auto& phase : report.phases) {
      warmed += phase.warmed;
      items += phase.items;
    }
    BOOST_REQUIRE_EQUAL(warmed, report.warmed);
    BOOST_REQUIRE_EQUAL(items, report.selected);
    BOOST_REQUIRE_EQUAL(tested.warmed_keys().size(), report.warmed);
  }

 private:
  std::uint32_t up_to(std::uint32_t most) {
    return std::uniform_int_distribution<std::uint32_t>{0, most}(random_);
  }

  static std::string key(std::uint32_t number) { return "k" + std::to_string(number); }
  static bool excluded(const std::string& k) { return k.back() == '3'; }
  static bool held_out(const std::string& k) { return k.back() == '7'; }

  plan_context make_context() {
    plan_context context;
    context.budget_bytes = up_to(20'000);
    context.limit = up_to(2) == 0 ? up_to(30) : 0;
    context.overhead_bytes = up_to(100);
    context.excluded = excluded;
    context.held_out = held_out;
    return context;
  }

  std::vector<candidate> propose() {
    std::vector<candidate> all(up_to(60));
    for (auto& each : all) {
      const auto number = up_to(50);
      each.key = key(number);
      each.strategy = "s" + std::to_string(up_to(3));
      each.probability = up_to(100) / 100.0;
      each.bytes = 1 + up_to(1000);
      each.priority = static_cast<std::int32_t>(up_to(99));
      for (auto d = up_to(2); d > 0; --d) each.dependencies.push_back(key(number + 1 + up_to(5)));
    }
    return all;
  }

  void remember(const warm_plan& plan) {
    for (std::size_t phase = 0; phase < plan.phases.size(); ++phase)
      for (const auto& each : plan.phases[phase].items) planned_[each.key] = each;
  }

  void check_start(const std::string& k) {
    BOOST_REQUIRE(!excluded(k));
    BOOST_REQUIRE(!held_out(k));
    for (const auto& needed : planned_.at(k).dependencies) {
      if (planned_.count(needed) == 0) continue;
      const auto outcome = came_to_.find(needed);
      BOOST_REQUIRE_MESSAGE(outcome != came_to_.end(), k + " was loaded before " + needed);
      BOOST_REQUIRE_MESSAGE(outcome->second, k + " was loaded although " + needed + " was not");
    }
    under_way_.push_back(k);
  }

  static std::uint64_t cost(const std::string& k, std::uint64_t bytes, const plan_context& context) {
    return bytes + k.size() + context.overhead_bytes;
  }

  std::uint64_t bytes_in_use(const plan_context& context) const {
    std::uint64_t sum = 0;
    for (const auto& k : under_way_) sum += cost(k, planned_.at(k).bytes, context);
    for (const auto& [k, bytes] : stored_) sum += cost(k, bytes, context);
    return sum;
  }

  void settle_one(run& tested, time_point now) {
    std::swap(under_way_.back(), under_way_[up_to(static_cast<std::uint32_t>(under_way_.size() - 1))]);
    const auto k = under_way_.back();
    under_way_.pop_back();
    const auto status = static_cast<load_status>(up_to(8));
    // What is stored is at most as large as was reckoned with: a run can't know before it has loaded.
    const auto bytes = up_to(planned_.at(k).bytes);
    tested.settle(receipt(k, status, bytes), up_to(99) / 100.0, now);
    if (status == load_status::stored) stored_[k] = bytes;
    const auto went_well =
        status == load_status::stored || status == load_status::present || status == load_status::fenced;
    if (went_well)
      came_to_[k] = true;
    else if (status == load_status::absent || status == load_status::refused)
      came_to_[k] = false;
  }

  std::mt19937 random_;
  std::map<std::string, candidate> planned_;
  std::map<std::string, bool> came_to_;  // whether what depends on it may go on
  std::map<std::string, std::uint64_t> stored_;
  std::vector<std::string> under_way_;
};

BOOST_AUTO_TEST_CASE(any_plan_is_run_within_its_budget_rules_order_and_dependencies) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) random_world{seed}.live_through();
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
