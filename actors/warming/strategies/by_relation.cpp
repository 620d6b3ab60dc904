#include "actors/warming/strategies/by_relation.hpp"

#include <algorithm>
#include <map>

#include "actors/warming/strategies/building_blocks.hpp"

namespace stoker {

namespace {

// Keys that correlations start from when none are given: each costs a question.
constexpr std::uint32_t correlated_roots = 100;

bool keys_are_given(const strategy_context& context) {
  return !context.parameters.list("keys").empty();
}

keys_question keys_of(const ranked_keys& ranked) {
  keys_question question;
  for (const auto& key : ranked.keys) question.keys.push_back(key.key);
  return question;
}

// How likely each key is to be demanded now or soon, that correlations start from.
std::map<std::string, double> demand_of_roots(const strategy_context& context,
                                              const std::vector<strategy_finding>& found) {
  std::map<std::string, double> demand;
  for (const auto& key : context.parameters.list("keys")) demand[key] = 1;
  if (keys_are_given(context)) return demand;
  for (const auto& key : std::get<ranked_keys>(found[0]).keys)
    demand[key.key] = probability_by_rate(key.rate_per_hour, horizon_of(context));
  return demand;
}

// A neighbour that leads somewhere is one that passes both thresholds. Counts of pairs can't exceed those of
// the key; where sampling made them, the strength is cut at 1.
double strength_of(const key_statistics& root, std::uint32_t together, const strategy_context& context) {
  if (root.count == 0 || together < context.parameters.integer("min_count")) return 0;
  const auto strength = std::min(1.0, together / static_cast<double>(root.count));
  return strength > context.parameters.number("strength") ? strength : 0;
}

// The keys that `roots` lead to, likeliest first, `limit` at most.
std::vector<std::pair<double, std::string>> correlated_keys(const std::vector<key_statistics>& roots,
                                                            const std::map<std::string, double>& demand,
                                                            const strategy_context& context) {
  std::map<std::string, double> likeliest;
  for (const auto& root : roots)
    for (const auto& [key, together] : root.co_accessed)
      if (const auto strength = strength_of(root, together, context);
          strength > 0 && demand.count(root.key) != 0)
        likeliest[key] = std::max(likeliest[key], strength * demand.at(root.key));
  if (keys_are_given(context))
    for (const auto& root : demand) likeliest.erase(root.first);  // they are being demanded as it is
  std::vector<std::pair<double, std::string>> result;
  for (const auto& [key, probability] : likeliest) result.emplace_back(probability, key);
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (result.size() > limit_of(context)) result.resize(limit_of(context));
  return result;
}

// Rounds: the keys used most, unless keys are given; what is known of these; what is known of where they
// lead.
struct correlation_findings {
  correlation_findings(const strategy_context& context, const std::vector<strategy_finding>& all)
      : found(all), roots_at(keys_are_given(context) ? 0 : 1) {}

  // REQUIRES, of all that follows but the first two: these were found.
  bool has_roots() const { return found.size() > roots_at; }
  bool has_neighbours() const { return found.size() > roots_at + 1; }
  const std::vector<key_statistics>& at(std::size_t i) const {
    return std::get<std::vector<key_statistics>>(found[i]);
  }
  const std::vector<key_statistics>& roots() const { return at(roots_at); }
  const std::vector<key_statistics>& neighbours() const { return at(roots_at + 1); }

  const std::vector<strategy_finding>& found;
  std::size_t roots_at;
};

std::vector<strategy_question> ask_correlated(const strategy_context& context,
                                              const std::vector<strategy_finding>& all) {
  const correlation_findings found{context, all};
  if (found.has_neighbours()) return {};
  if (found.has_roots()) {
    keys_question neighbours;
    for (auto& [probability, key] : correlated_keys(found.roots(), demand_of_roots(context, all), context))
      neighbours.keys.push_back(std::move(key));
    if (neighbours.keys.empty()) return {};
    return {std::move(neighbours)};
  }
  if (keys_are_given(context)) return {keys_question{context.parameters.list("keys")}};
  if (!all.empty()) return {keys_of(std::get<ranked_keys>(all[0]))};
  top_request roots;
  roots.limit = correlated_roots;
  return {roots};
}

strategy_proposal propose_correlated(const strategy_context& context,
                                     const std::vector<strategy_finding>& all) {
  const correlation_findings found{context, all};
  const auto keys = correlated_keys(found.roots(), demand_of_roots(context, all), context);
  if (keys.empty()) return {{}, "no key was used often enough together with these"};
  strategy_proposal result;
  for (std::size_t i = 0; i < keys.size(); ++i)
    result.candidates.push_back(propose_key(found.neighbours().at(i), keys[i].first));
  return result;
}

strategy correlated() {
  return {{},
          "correlated",
          "the keys used together with certain keys",
          {keys_parameter("the keys to start from; empty: those used most", false),
           {"min_count", parameter_type::integer, "5", "how often a pair must have been seen", 1, 1e9},
           {"strength", parameter_type::number, "0.5", "co-accesses / accesses, more than this", 0, 1},
           limit_parameter("10"),
           horizon_parameter()},
          asking_strategy{ask_correlated, propose_correlated}};
}

std::vector<strategy_question> ask_predictor(const strategy_context& context,
                                             const std::vector<strategy_finding>& found) {
  if (!found.empty()) return {};
  predict_request request;
  request.keys = context.parameters.list("keys");
  request.limit = limit_of(context);
  request.confidence = context.parameters.number("confidence");
  return {request};
}

strategy_proposal propose_predicted(const strategy_context& context,
                                    const std::vector<strategy_finding>& found) {
  strategy_proposal result;
  for (const auto& expected : std::get<predictions>(found.at(0)).candidates) {
    if (expected.probability < context.parameters.number("confidence")) continue;
    result.candidates.push_back(propose_key(expected.key, expected.probability));
    result.candidates.back().cost_us = expected.cost_us;
  }
  if (result.candidates.empty()) result.note = "nothing is expected after these keys with that confidence";
  return result;
}

strategy predictive() {
  return {{},
          "predictive",
          "what is expected to be demanded next, after the given keys",
          {keys_parameter("the keys that were just demanded, the latest last", true),
           {"confidence", parameter_type::number, "0.7", "only what is at least as likely", 0, 1},
           limit_parameter("20")},
          asking_strategy{ask_predictor, propose_predicted}};
}

std::vector<strategy_question> ask_dependants(const strategy_context& context,
                                              const std::vector<strategy_finding>& found) {
  if (!found.empty()) return {};
  if (keys_are_given(context)) return {keys_question{context.parameters.list("keys")}};
  return {top_question(ranking::popular, context)};
}

strategy_proposal propose_dependants(const strategy_context& context,
                                     const std::vector<strategy_finding>& found) {
  if (const auto* ranked = std::get_if<ranked_keys>(&found.at(0)))
    return propose_keys(*ranked, [h = horizon_of(context)](const ranked_key& key) {
      return probability_by_rate(key.rate_per_hour, h);
    });
  strategy_proposal result;
  for (const auto& known : std::get<std::vector<key_statistics>>(found[0]))
    result.candidates.push_back(propose_key(known, named_probability));
  return result;
}

strategy dependencies() {
  return {{},
          "dependencies",
          "certain keys with all that they depend on",
          {keys_parameter("the keys to start from; empty: those used most", false),
           {"depth", parameter_type::integer, "2", "how far dependencies are followed", 1, 5},
           limit_parameter("1000"),
           horizon_parameter()},
          asking_strategy{ask_dependants, propose_dependants}};
}

}  // namespace

std::vector<strategy> strategies_by_relation() {
  return {correlated(), predictive(), dependencies()};
}

}  // namespace stoker
