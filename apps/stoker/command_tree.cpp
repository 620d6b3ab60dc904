#include "apps/stoker/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace stoker::cli {

namespace {

// "TEXT:{hit,miss}" -> hit, miss.
std::vector<std::string> words_of(const std::string& type) {
  const auto open = type.find('{');
  const auto close = type.find('}', open);
  std::vector<std::string> words;
  if (open == std::string::npos || close == std::string::npos) return words;
  std::string word;
  for (auto at = open + 1; at <= close; ++at) {
    if (type[at] == ',' || at == close)
      words.push_back(std::exchange(word, {}));
    else
      word += type[at];
  }
  return words;
}

value_kind kind_of(const CLI::Option& option, const std::vector<std::string>& words) {
  if (option.get_items_expected_max() == 0) return value_kind::none;
  if (!words.empty()) return value_kind::word;
  const auto type = option.get_type_name();
  const auto has = [&](const char* part) { return type.find(part) != std::string::npos; };
  if (has("DIR")) return value_kind::folder;
  const auto& names = option.get_lnames();
  const auto named_file = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with("file") || name == "config" || name == "output";
  });
  return has("FILE") || has("PATH") || named_file || option.get_name() == "FILE" ? value_kind::file
                                                                                 : value_kind::text;
}

option_description describe(const CLI::Option& option) {
  option_description result;
  for (const auto& name : option.get_lnames()) result.names.push_back("--" + name);
  for (const auto& name : option.get_snames()) result.names.push_back("-" + name);
  result.positional = option.get_positional();
  if (result.names.empty()) result.names.push_back(option.get_name());
  result.description = option.get_description();
  result.default_text = option.get_default_str();
  result.group = option.get_group();
  result.words = words_of(option.get_type_name());
  result.value = kind_of(option, result.words);
  if (result.value == value_kind::none) result.default_text.clear();
  result.required = option.get_required();
  result.repeats = option.get_items_expected_max() > 1;
  return result;
}

void add(const CLI::App& app, const std::string& name, std::vector<command_description>& into) {
  if (!name.empty() && app.get_group().empty()) return;
  command_description result{name, app.get_description(), app.get_footer(), {}};
  for (const auto* option : app.get_options())
    if (!option->get_group().empty()) result.options.push_back(describe(*option));
  into.push_back(std::move(result));
  for (const auto* command : app.get_subcommands(std::function<bool(const CLI::App*)>{}))
    add(*command, name.empty() ? command->get_name() : name + ' ' + command->get_name(), into);
}

}  // namespace

std::vector<command_description> describe(const CLI::App& program) {
  std::vector<command_description> all;
  add(program, {}, all);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

}  // namespace stoker::cli
