#include "actors/warming/strategies/by_kind.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "actors/warming/strategies/building_blocks.hpp"

namespace stoker {

namespace {

// Keys looked at to find the tag whose hour comes: enough for the tags that matter.
constexpr std::uint32_t rotation_sample = 20'000;

constexpr double usual_load_us = 1000;  // of a load that was never measured

double selected_by_use(const ranked_key& key, const strategy_context& context) {
  return std::max(selected_probability, probability_by_rate(key.rate_per_hour, horizon_of(context)));
}

strategy_proposal propose_selected(const ranked_keys& ranked, const strategy_context& context) {
  return propose_keys(ranked, [&](const ranked_key& key) { return selected_by_use(key, context); });
}

// A strategy over the keys with the tag that the parameter names.
strategy tag_strategy(const char* name, const char* description, parameter_declaration tag,
                      std::vector<parameter_declaration> more = {}) {
  auto source = one_question(
      [tag = tag.name](const strategy_context& context) {
        auto question = top_question(ranking::popular, context);
        question.tag = context.parameters.text(tag);
        return question;
      },
      propose_selected);
  std::vector<parameter_declaration> parameters{std::move(tag), limit_parameter(), horizon_parameter()};
  parameters.insert(parameters.end(), more.begin(), more.end());
  return {{}, name, description, std::move(parameters), std::move(source)};
}

parameter_declaration text_parameter(const char* name, const char* description, bool required) {
  parameter_declaration declared{name, parameter_type::text, "", description};
  declared.required = required;
  return declared;
}

// Those of the highest attribute, where the run's own limit takes fewer than the strategy's.
std::uint32_t highest_limit(const strategy_context& context) {
  return context.limit != 0 ? context.limit : limit_of(context);
}

strategy_proposal propose_highest(const ranked_keys& ranked, const strategy_context& context) {
  auto result = propose_selected(ranked, context);
  const auto highest = ranked.keys.empty() ? 0 : ranked.keys.front().score;
  for (std::size_t i = 0; i < ranked.keys.size(); ++i) {
    if (result.candidates[i].cost_us != 0 || highest <= 0) continue;
    const auto share = std::max(0.0, ranked.keys[i].score / highest);
    result.candidates[i].cost_us = static_cast<std::uint32_t>(1 + usual_load_us * share);
  }
  return result;
}

strategy by_attribute() {
  auto source = one_question(
      [](const strategy_context& context) {
        auto question = top_question(ranking::attribute, context);
        question.limit = highest_limit(context);
        question.attribute = context.parameters.text("attribute");
        question.at_least = context.parameters.number("at_least");
        return question;
      },
      propose_highest);
  return {{},
          "by_attribute",
          "the keys with the highest value of an attribute",
          {text_parameter("attribute", "a numeric attribute, as given to describe()", true),
           {"at_least", parameter_type::number, "0", "only keys whose attribute is at least this"},
           limit_parameter(),
           horizon_parameter()},
          std::move(source)};
}

strategy complex_patterns() {
  auto source = one_question(
      [](const strategy_context& context) {
        auto question = top_question(ranking::attribute, context);
        question.limit = highest_limit(context);
        question.attribute = "complexity";
        question.at_least = context.parameters.number("complexity");
        question.tag = context.parameters.text("language");
        return question;
      },
      propose_highest);
  return {{},
          "complex_patterns",
          "the most complex keys first, by their attribute \"complexity\"",
          {{"complexity", parameter_type::number, "0", "only keys at least as complex"},
           text_parameter("language", "only keys with this tag; empty: all", false),
           limit_parameter(),
           horizon_parameter()},
          std::move(source)};
}

parameter_declaration depth_parameter() {
  return {"depth", parameter_type::integer, "2", "how far dependencies are followed", 1, 5};
}

// What is known of a tag's use, from counts ever.
struct tag_use {
  double in_hour = 0;  // in the hour of the day that is looked at
  double ever = 0;     // in all hours

  double surplus() const {
    const auto mean = ever / 24;
    return mean > 0 ? (in_hour - mean) / std::sqrt(mean) : 0;
  }
};

bool may_rotate(const std::string& tag, const strategy_context& context) {
  const auto& tags = context.parameters.list("tags");
  if (!tags.empty()) return std::find(tags.begin(), tags.end(), tag) != tags.end();
  return tag.starts_with(context.parameters.text("prefix"));
}

// Calls count(use, key) for each key and each of its tags that rotates.
template <class Count>
void for_each_tag(const ranked_keys& sample, const strategy_context& context,
                  std::map<std::string, tag_use>& tags, Count count) {
  for (const auto& key : sample.keys)
    for (const auto& tag : key.tags)
      if (may_rotate(tag, context)) count(tags[tag], key);
}

std::map<std::string, tag_use> use_of_tags(const std::vector<strategy_finding>& found,
                                           const strategy_context& context) {
  std::map<std::string, tag_use> tags;
  for (const auto& tag : context.parameters.list("tags")) tags.try_emplace(tag);
  for_each_tag(std::get<ranked_keys>(found[0]), context, tags,
               [](tag_use& use, const ranked_key& key) { use.in_hour += key.score; });
  for_each_tag(std::get<ranked_keys>(found[1]), context, tags,
               [](tag_use& use, const ranked_key& key) { use.ever += static_cast<double>(key.count); });
  return tags;
}

// The start of the coming hour.
std::int64_t coming_hour(const strategy_context& context) {
  return std::chrono::floor<std::chrono::hours>(context.now.time_since_epoch()).count() + 1;
}

std::optional<std::string> next_tag(const std::vector<strategy_finding>& found,
                                    const strategy_context& context) {
  constexpr double certain = 2;  // standard deviations; less is chance
  const auto tags = use_of_tags(found, context);
  if (tags.empty()) return std::nullopt;
  const auto best = std::max_element(tags.begin(), tags.end(), [](const auto& left, const auto& right) {
    return left.second.surplus() < right.second.surplus();
  });
  if (best->second.surplus() >= certain) return best->first;
  const auto turn = coming_hour(context) % static_cast<std::int64_t>(tags.size());
  return std::next(tags.begin(), turn)->first;
}

top_request tag_sample(ranking by, const strategy_context& context) {
  top_request sample;
  sample.by = by;
  sample.hour = static_cast<std::uint32_t>(coming_hour(context) % 24);
  sample.limit = rotation_sample;
  sample.with_tags = true;
  return sample;
}

std::vector<strategy_question> ask_rotation(const strategy_context& context,
                                            const std::vector<strategy_finding>& found) {
  if (found.empty())
    return {tag_sample(ranking::hour_of_day, context), tag_sample(ranking::popular, context)};
  const auto tag = found.size() == 2 ? next_tag(found, context) : std::nullopt;
  if (!tag) return {};
  auto keys = top_question(ranking::popular, context);
  keys.tag = *tag;
  return {keys};
}

strategy_proposal propose_rotation(const strategy_context& context,
                                   const std::vector<strategy_finding>& found) {
  if (found.size() < 3) return {{}, "no key that was used has a tag to rotate by"};
  auto result = propose_selected(std::get<ranked_keys>(found[2]), context);
  result.note = "the turn of tag " + *next_tag(found, context);
  return result;
}

strategy tag_rotation() {
  asking_strategy source{ask_rotation, propose_rotation};
  return {{},
          "tag_rotation",
          "the keys of the tag whose hour is about to come, such as a sector's",
          {{"tags", parameter_type::list, "", "the tags that take turns; empty: those in use"},
           text_parameter("prefix", "of these tags, where none are named, those that begin so", false),
           limit_parameter("200"),
           horizon_parameter()},
          std::move(source)};
}

}  // namespace

std::vector<strategy> strategies_by_kind() {
  return {tag_strategy("tagged", "the keys with a tag, those used most first",
                       text_parameter("tag", "a tag, as given to describe()", true)),
          by_attribute(),
          tag_strategy("language_specific", "the keys of a language, those used most first",
                       text_parameter("language", "the language: a tag, as given to describe()", true)),
          complex_patterns(),
          tag_strategy("common_patterns", "the patterns used most",
                       text_parameter("language", "only keys with this tag; empty: all", false)),
          tag_strategy("common_files", "the files used most, and what they depend on",
                       text_parameter("language", "only keys with this tag; empty: all", false),
                       {depth_parameter()}),
          tag_strategy("embeddings", "the embeddings used most",
                       text_parameter(
                           "model", "only keys with this tag, such as the model's name; empty: all", false)),
          tag_strategy("searches", "the queries asked most",
                       text_parameter(
                           "index", "only keys with this tag, such as the index's name; empty: all", false)),
          tag_strategy("project", "what is used most of a project, and what it depends on",
                       text_parameter("project", "the project: a tag, as given to describe()", true),
                       {depth_parameter()}),
          tag_rotation()};
}

}  // namespace stoker
