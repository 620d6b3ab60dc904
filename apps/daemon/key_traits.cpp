#include "apps/daemon/key_traits.hpp"

namespace stoker::daemon {

key_traits::key_traits(const std::vector<configuration::key_rule>& rules) {
  for (const auto& each : rules) {
    auto& made = rules_.emplace_back(rule{key_pattern{each.keys}, {}, std::nullopt});
    for (const auto& tag : each.tags) made.tags.emplace_back(tag, made.keys, insertion::verbatim);
    if (!each.subject.empty()) made.subject.emplace(each.subject, made.keys, insertion::verbatim);
    has_tags_ = has_tags_ || !made.tags.empty();
    has_subjects_ = has_subjects_ || made.subject;
  }
}

std::vector<std::string> key_traits::tags(std::string_view key) const {
  std::vector<std::string> made;
  for (const auto& each : rules_) {
    const auto parts = each.keys.match(key);
    if (!parts) continue;
    for (const auto& tag : each.tags) made.push_back(tag.fill(*parts).value_or(""));
    break;
  }
  return made;
}

std::string key_traits::subject(std::string_view key) const {
  for (const auto& each : rules_)
    if (const auto parts = each.keys.match(key))
      return each.subject ? each.subject->fill(*parts).value_or("") : std::string{};
  return {};
}

}  // namespace stoker::daemon
