#include "actors/warming/strategies/by_usage.hpp"

#include <algorithm>
#include <cmath>

#include "actors/tracking/defaults.hpp"
#include "actors/warming/strategies/building_blocks.hpp"

namespace stoker {

namespace {

using std::chrono::hours;

double in_hours(duration span) {
  return std::chrono::duration<double, std::ratio<3600>>(span).count();
}

strategy popular() {
  auto source =
      one_question([](const strategy_context& context) { return top_question(ranking::popular, context); },
                   [](const ranked_keys& ranked, const strategy_context& context) {
                     return propose_keys(ranked, [h = horizon_of(context)](const ranked_key& key) {
                       return probability_by_rate(key.rate_per_hour, h);
                     });
                   });
  return {{}, "popular", "the keys used most", {limit_parameter(), horizon_parameter()}, std::move(source)};
}

strategy recent() {
  auto source =
      one_question([](const strategy_context& context) { return top_question(ranking::recent, context); },
                   [](const ranked_keys& ranked, const strategy_context& context) {
                     return propose_keys(ranked, [&](const ranked_key& key) {
                       return probability_by_idle_time(context.now - key.last_access, horizon_of(context));
                     });
                   });
  return {{}, "recent", "the keys used last", {limit_parameter(), horizon_parameter()}, std::move(source)};
}

strategy trending() {
  auto source = one_question(
      [](const strategy_context& context) {
        auto question = top_question(ranking::trending, context);
        question.window = context.parameters.span("window");
        return question;
      },
      [](const ranked_keys& ranked, const strategy_context& context) {
        const auto window = std::ceil(in_hours(context.parameters.span("window")));  // counted by whole hours
        return propose_keys(ranked, [=, h = horizon_of(context)](const ranked_key& key) {
          return probability_by_rate(static_cast<double>(key.window_accesses) / window, h);
        });
      });
  parameter_declaration window{"window", parameter_type::span, "24h", "how far back growth is looked for",
                               3600,     24 * 3600.0};
  return {{},
          "trending",
          "the keys whose use is growing",
          {window, limit_parameter(), horizon_parameter()},
          std::move(source)};
}

// The start of the hour that is looked ahead to.
time_point hour_ahead(const strategy_context& context) {
  return std::chrono::floor<hours>(context.now) + hours{context.parameters.integer("ahead")};
}

// The share of that hour in which an entry stored now is there to be used.
double usable_share(const strategy_context& context) {
  const auto begin = std::max(context.now, hour_ahead(context));
  auto end = hour_ahead(context) + hours{1};
  if (context.ttl > duration::zero()) end = std::min(end, context.now + context.ttl);
  return std::max(0.0, in_hours(end - begin));
}

// What the last two days had in this hour, or the hour's share of what the key gets a day: a key that was
// away for two days has not lost its habit.
double expected_in_hour(const ranked_key& key) {
  const auto lately = static_cast<double>(key.window_accesses) / 2;
  const auto count = static_cast<double>(key.count);
  return std::max(lately, count > 0 ? 24 * key.rate_per_hour * key.score / count : 0);
}

strategy time_of_day() {
  auto source = one_question(
      [](const strategy_context& context) {
        auto question = top_question(ranking::hour_of_day, context);
        const auto hour = std::chrono::floor<hours>(hour_ahead(context).time_since_epoch()).count();
        question.hour = static_cast<std::uint32_t>(hour % 24);
        return question;
      },
      [](const ranked_keys& ranked, const strategy_context& context) {
        return propose_keys(ranked, [share = usable_share(context)](const ranked_key& key) {
          return -std::expm1(-expected_in_hour(key) * share);
        });
      });
  parameter_declaration ahead{
      "ahead", parameter_type::integer, "1", "hours to look ahead; 0 is the current hour", 0, 23};
  return {{},
          "time_of_day",
          "the keys usually used in the coming hour",
          {ahead, limit_parameter("20")},
          std::move(source)};
}

strategy due() {
  auto source = one_question(
      [](const strategy_context& context) {
        auto question = top_question(ranking::due, context);
        question.window = horizon_of(context);
        return question;
      },
      [](const ranked_keys& ranked, const strategy_context& context) {
        return propose_keys(ranked, [&](const ranked_key& key) {
          return probability_by_interval(key.next_access - key.last_access, context.now - key.last_access,
                                         horizon_of(context));
        });
      });
  return {{},
          "due",
          "the keys whose next access is predicted within the horizon",
          {limit_parameter(), horizon_parameter()},
          std::move(source)};
}

// Rates fall with time, all alike: the rate that a key had when the latest of them was used.
double rate_then(const ranked_key& key, time_point then, time_point now) {
  const auto away = in_hours(std::max(now - then, duration::zero()));
  return key.rate_per_hour * std::exp2(away / in_hours(tracking_defaults::rate_half_life));
}

strategy_proposal propose_as_it_was(const ranked_keys& hot, const strategy_context& context) {
  time_point then{};
  for (const auto& key : hot.keys) then = std::max(then, key.last_access);
  return propose_keys(hot, [&](const ranked_key& key) {
    return probability_by_rate(rate_then(key, then, context.now), horizon_of(context));
  });
}

// As the snapshot tells it: rates as of when it was taken, however long ago that is.
strategy_proposal propose_hot_set(const hot_set& hot, const strategy_context& context) {
  strategy_proposal proposal;
  const auto count = std::min<std::size_t>(hot.keys.size(), limit_of(context));
  for (std::size_t i = 0; i < count; ++i) {
    const auto& key = hot.keys[i];
    auto item = propose_key(key.key, probability_by_rate(key.rate_per_hour, horizon_of(context)));
    item.cost_us = key.cost_us;
    item.bytes = key.bytes;
    item.ttl = key.ttl;
    item.tags = key.tags;
    proposal.candidates.push_back(std::move(item));
  }
  return proposal;
}

// What was loaded from a snapshot goes first; without one, what the history knows stands for it.
strategy snapshot() {
  asking_strategy source;
  source.ask = [](const strategy_context& context,
                  const std::vector<strategy_finding>& found) -> std::vector<strategy_question> {
    if (found.empty()) return {hot_set_question{}};
    if (found.size() > 1 || std::get<std::shared_ptr<const hot_set>>(found.front())) return {};
    return {top_question(ranking::popular, context)};
  };
  source.propose = [](const strategy_context& context, const std::vector<strategy_finding>& found) {
    if (const auto& hot = std::get<std::shared_ptr<const hot_set>>(found.front()))
      return propose_hot_set(*hot, context);
    return propose_as_it_was(std::get<ranked_keys>(found.back()), context);
  };
  return {
      {},
      "snapshot",
      "the hot set as a snapshot holds it, or as it was before the cache was last left alone: for restarts",
      {limit_parameter(), horizon_parameter()},
      std::move(source)};
}

}  // namespace

std::vector<strategy> strategies_by_usage() {
  return {popular(), recent(), trending(), time_of_day(), due(), snapshot()};
}

}  // namespace stoker
