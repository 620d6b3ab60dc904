#include "apps/changes/changed_files_strategy.hpp"

#include <charconv>
#include <map>

#include "apps/changes/selection.hpp"

namespace stoker::changes {

namespace {

// A pipeline is about to build what changed; what it needs is read on the way.
constexpr double changed_probability = 0.95;
constexpr double needed_share = 0.9;  // of the level before

std::map<std::string, std::string> by_name(const strategy_request& request) {
  std::map<std::string, std::string> texts;
  for (const auto& parameter : request.parameters) texts[parameter.name] = parameter.text;
  return texts;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    if (end > at) parts.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::uint32_t number(const std::string& text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);  // declared an integer: it is one
  return value;
}

std::vector<candidate> propose(const std::string& repository, const strategy_request& request) {
  auto given = by_name(request);
  const auto changed = files_changed_since(given["base"], repository);
  const auto dependencies = read_dependencies(split(given["dependencies"]), changed.root, {});
  const selection_options options{number(given["depth"]), given["dependents"] == "true"};
  std::vector<candidate> candidates;
  for (const auto& file : select(changed, dependencies, options)) {
    if (request.limit > 0 && candidates.size() == request.limit) break;
    candidate proposed;
    proposed.key = file.path;
    proposed.probability = changed_probability;
    for (std::uint32_t level = 0; level < file.depth; ++level) proposed.probability *= needed_share;
    proposed.priority = important_priority;
    candidates.push_back(std::move(proposed));
  }
  return candidates;
}

}  // namespace

custom_strategy changed_files_strategy(const std::string& repository, const std::string& cache) {
  return {cache,
          "changed_files",
          "the files that changed in git since a revision, and what they need",
          {{"base", "text", "HEAD", "the revision to compare the working tree with"},
           {"depth", "integer", "2", "levels of dependencies that are followed"},
           {"dependencies", "text", "", "dependency files and folders of them, separated by commas"},
           {"dependents", "flag", "false", "files that need a changed one count as changed"}},
          [repository](const strategy_request& request) { return propose(repository, request); }};
}

}  // namespace stoker::changes
