// The warmer's plans: candidates, what they are screened by, and the lease that they must fit.
#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>
#include <limits>

#include "actors/memory/budget.hpp"
#include "actors/warming/warmer_actor.hpp"

namespace stoker {

namespace {

// Plans that are being made beside each other: each holds its candidates in memory.
constexpr std::uint32_t max_open_plans = 4;

}  // namespace

caf::result<warm_plan> warmer_state::plan(plan_request asked) {
  if (open_plans_ >= max_open_plans)
    return make_error(errc::busy,
                      fmt::format("cache {}: {} plans are being made", config_.cache, open_plans_));
  auto request = std::make_shared<warm_request>(std::move(asked.what));
  request->cache = config_.cache;
  request->now = config_.now();
  std::vector<chosen_strategy> chosen;
  try {
    chosen = choose_strategies(*config_.strategies, *request, config_.default_strategies, config_.ttl);
  } catch (const error& mistake) {
    return make_error(mistake.code(), mistake.what());
  }
  // Showing a plan warms nothing: actions are not carried out.
  std::erase_if(chosen, [](const chosen_strategy& choice) { return choice.source->warms_by_itself(); });
  ++open_plans_;
  auto answer = self_->make_response_promise<warm_plan>();
  gather_candidates(self_, gathering_, chosen, [this, request, answer](std::vector<strategy_answer> answers) {
    finish_plan(*request, std::move(answers), answer);
  });
  return answer;
}

void warmer_state::finish_plan(const warm_request& request, std::vector<strategy_answer> answers,
                               caf::typed_response_promise<warm_plan> answer) {
  const failure_function failed = [this, answer](const std::string& text) mutable {
    --open_plans_;
    answer.deliver(make_error(errc::unavailable, text));
  };
  auto candidates = candidates_of(answers, request.policy);
  if (candidates->empty() && all_failed(answers)) return failed(errors_of(answers));
  const auto bytes = std::min(wanted_bytes(*candidates, context_for(request, 0)), head_room_bytes());
  ask_lease(
      request, bytes,
      [this, request, candidates, answer](const lease& given) mutable {
        --open_plans_;
        give_back(given, 0);
        answer.deliver(make_plan(std::move(*candidates), context_for(request, given.bytes)));
      },
      failed);
}

std::shared_ptr<std::vector<candidate>> warmer_state::candidates_of(std::vector<strategy_answer>& answers,
                                                                    memory_policy policy) const {
  auto depth = terms_of(policy).dependency_depth;
  if (utilisation() > nearly_full_from) depth = std::min(depth, nearly_full_depth);
  auto candidates =
      std::make_shared<std::vector<candidate>>(take_candidates(answers, config_.dependencies.get(), depth));
  screening_->proposed(candidates->size());
  return candidates;
}

plan_context warmer_state::context_for(const warm_request& request, std::uint64_t budget_bytes) const {
  plan_context context;
  context.cache = config_.cache;
  context.now = request.now;
  context.budget_bytes = budget_bytes;
  context.limit = request.limit;
  const auto terms = terms_of(request.policy);
  context.floor = std::max(config_.floor, terms.floor);
  context.top_class_only = terms.top_class_only;
  context.least_priority = terms.least_priority;
  if (utilisation() > nearly_full_from) context.most_levels = nearly_full_depth;
  const auto* screened = screening_.get();
  context.excluded = [screened](const std::string& key) { return screened->excluded(key); };
  context.held_out = [screened, now = request.now](const std::string& key) {
    return screened->held_out(key, now);
  };
  context.exempt = [screened](const candidate& item) { return screened->exempt(item); };
  context.throttled = [this, now = request.now](const candidate& item) { return throttled(item, now); };
  context.overhead_bytes = config_.run.overhead_bytes;
  context.workers = config_.run.workers;
  context.phase_delay = config_.run.phase_delay;
  if (config_.entries)
    context.fresh = [this, now = config_.now()](const std::string& key) {
      return config_.entries->contains(key, now);
    };
  return context;
}

// All the strategies that propose it are.
bool warmer_state::throttled(const candidate& item, time_point now) const {
  const auto strategies = credited_strategies(item);
  return std::all_of(strategies.begin(), strategies.end(),
                     [this](const std::string& strategy) { return trials_->throttled(strategy); }) &&
         !screening_->in_trickle(item.key, now);
}

double warmer_state::utilisation() const {
  if (!config_.entries) return config_.room ? config_.room().utilisation : 0;
  const auto stats = config_.entries->stats();
  if (stats.capacity_bytes != 0)
    return static_cast<double>(stats.bytes) / static_cast<double>(stats.capacity_bytes);
  if (stats.capacity_entries == 0) return 0;
  return static_cast<double>(stats.entries) / static_cast<double>(stats.capacity_entries);
}

std::uint64_t warmer_state::head_room_bytes() const {
  constexpr auto unbounded = std::numeric_limits<std::uint64_t>::max();
  if (!config_.entries) return config_.room ? config_.room().head_room_bytes : unbounded;
  const auto stats = config_.entries->stats();
  if (stats.capacity_bytes != 0) return stats.capacity_bytes - std::min(stats.bytes, stats.capacity_bytes);
  return stats.capacity_entries == 0 || stats.entries < stats.capacity_entries ? unbounded : 0;
}

void warmer_state::ask_lease(const warm_request& request, std::uint64_t bytes, lease_function granted,
                             failure_function failed) {
  if (bytes == 0) return granted({});
  const auto arbiter = config_.peers->arbiter();
  if (!arbiter) return failed("the memory arbiter is being restarted; try again");
  lease_request question;
  question.holder = config_.cache;
  question.bytes = bytes;
  question.policy = request.policy;
  question.explicit_limit_bytes = request.budget_bytes != 0 ? request.budget_bytes : config_.budget_bytes;
  self_->request(arbiter, config_.question_timeout, std::move(question))
      .then(
          [granted](const lease& given) { granted(given); },
          [failed](const caf::error& why) { failed("the memory arbiter gave no lease: " + describe(why)); });
}

void warmer_state::give_back(const lease& given, std::uint64_t used_bytes) {
  if (given.id == 0) return;
  if (const auto arbiter = config_.peers->arbiter())
    self_->send(arbiter, lease_return{given.id, used_bytes, trials_->recent_precision()});
}

// A plan that was made before may name keys that must not be warmed any more, or need not.
void warmer_state::screen(warm_plan& plan) const {
  const auto now = config_.now();
  for (auto& phase : plan.phases)
    std::erase_if(phase.items, [&](candidate& item) {
      auto reason = left_out_reason::none;
      if (screening_->excluded(item.key))
        reason = left_out_reason::key_rule;
      else if (item.refresh)
        return false;
      else if (config_.entries && config_.entries->contains(item.key, now))
        reason = left_out_reason::fresh;
      else if (item.priority < critical_priority && screening_->held_out(item.key, now) &&
               !screening_->exempt(item))
        reason = left_out_reason::held_out;
      if (reason == left_out_reason::none) return false;
      plan.left_out.push_back({std::move(item), reason});
      return true;
    });
  std::erase_if(plan.phases, [](const planned_phase& phase) { return phase.items.empty(); });
}

}  // namespace stoker
