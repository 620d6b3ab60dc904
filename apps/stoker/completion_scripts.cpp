#include "apps/stoker/completion_scripts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stoker::cli {

namespace {

// Within single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return '\'' + result + '\'';
}

std::string first_sentence(const std::string& text) {
  return text.substr(0, text.find_first_of(".;\n"));
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

// Those that are a single word: commands within commands are completed after their own.
std::vector<const command_description*> top_level(const std::vector<command_description>& commands) {
  std::vector<const command_description*> found;
  for (const auto& command : commands)
    if (!command.name.empty() && command.name.find(' ') == std::string::npos) found.push_back(&command);
  return found;
}

// The second words of "NAME second".
std::vector<std::string> second_words(const std::vector<command_description>& commands,
                                      const std::string& name) {
  std::vector<std::string> found;
  for (const auto& command : commands)
    if (command.name.starts_with(name + ' ')) found.push_back(command.name.substr(name.size() + 1));
  return found;
}

std::vector<std::string> option_names(const command_description& command) {
  std::vector<std::string> names;
  for (const auto& option : command.options)
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

// What may stand after an option, or as a positional.
std::string bash_values(const option_description& option) {
  switch (option.value) {
    case value_kind::word:
      return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$current\"))", joined(option.words));
    case value_kind::file:
      return "COMPREPLY=($(compgen -f -- \"$current\"))";
    case value_kind::folder:
      return "COMPREPLY=($(compgen -d -- \"$current\"))";
    default:
      return "COMPREPLY=()";
  }
}

std::string bash_options(const command_description& command) {
  std::string cases;
  for (const auto& option : command.options) {
    if (option.positional || option.value == value_kind::none) continue;
    std::string names;
    for (const auto& name : option.names) names += (names.empty() ? "" : "|") + name;
    cases += fmt::format("        {}) {}; return ;;\n", names, bash_values(option));
  }
  return cases.empty() ? cases : "      case \"$previous\" in\n" + cases + "      esac\n";
}

std::string bash_positionals(const command_description& command) {
  for (const auto& option : command.options)
    if (option.positional && option.value != value_kind::text)
      return fmt::format("      [[ $current == -* ]] || {{ {}; return; }}\n", bash_values(option));
  return {};
}

std::string bash_case(const std::vector<command_description>& commands, const command_description& command) {
  auto words = option_names(command);
  for (auto& second : second_words(commands, command.name)) words.push_back(std::move(second));
  return fmt::format("    {})\n{}{}      COMPREPLY=($(compgen -W '{}' -- \"$current\"))\n      ;;\n",
                     command.name, bash_options(command), bash_positionals(command), joined(words));
}

const char* zsh_action(const option_description& option) {
  if (option.value == value_kind::file) return "_files";
  return option.value == value_kind::folder ? "_files -/" : "";
}

// Text within a specification of _arguments.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : first_sentence(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_specification(const option_description& option, const std::string& name) {
  const auto action =
      option.value == value_kind::word ? '(' + joined(option.words) + ')' : zsh_action(option);
  if (option.positional)
    return fmt::format("{}:{}:{}", option.repeats ? "*" : "", zsh_text(option.names.front()), action);
  const auto value = option.value == value_kind::none ? "" : fmt::format(":value:{}", action);
  return fmt::format("{}{}[{}]{}", option.repeats ? "*" : "", name, zsh_text(option.description), value);
}

std::string zsh_case(const std::vector<command_description>& commands, const command_description& command) {
  std::string specifications;
  for (const auto& option : command.options)
    for (const auto& name : option.names)
      specifications += " \\\n        " + quoted(zsh_specification(option, name));
  if (const auto words = second_words(commands, command.name); !words.empty())
    specifications += " \\\n        " + quoted(fmt::format("1:command:({})", joined(words)));
  return fmt::format("    {})\n      _arguments{}\n      ;;\n", command.name, specifications);
}

std::string fish_option(const std::string& condition, const option_description& option) {
  std::string line = fmt::format("complete -c stoker -n {}", quoted(condition));
  if (option.positional) {
    if (option.value == value_kind::file || option.value == value_kind::folder) return line + " -F\n";
    return option.words.empty() ? std::string{}
                                : fmt::format("{} -f -a {}\n", line, quoted(joined(option.words)));
  }
  for (const auto& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (option.value == value_kind::word) line += fmt::format(" -x -a {}", quoted(joined(option.words)));
  if (option.value == value_kind::text) line += " -x";
  if (option.value == value_kind::file || option.value == value_kind::folder) line += " -r -F";
  return fmt::format("{} -d {}\n", line, quoted(first_sentence(option.description)));
}

}  // namespace

std::string bash_completion(const std::vector<command_description>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const auto* command : top_level(commands)) {
    names.push_back(command->name);
    cases += bash_case(commands, *command);
  }
  const auto program = commands.empty() ? std::string{} : joined(option_names(commands.front()));
  return "# bash completion for stoker; made by \"stoker completion bash\".\n"
         "_stoker() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W '" +
         joined(names) + ' ' + program +
         "' -- \"$current\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"${COMP_WORDS[1]}\" in\n" +
         cases +
         "  esac\n"
         "}\n"
         "complete -F _stoker stoker\n";
}

std::string zsh_completion(const std::vector<command_description>& commands) {
  std::string names, cases;
  for (const auto* command : top_level(commands)) {
    names += "    " + quoted(command->name + ':' + zsh_text(command->description)) + '\n';
    cases += zsh_case(commands, *command);
  }
  return "#compdef stoker\n"
         "# zsh completion for stoker; made by \"stoker completion zsh\".\n"
         "_stoker() {\n"
         "  local -a commands=(\n" +
         names +
         "  )\n"
         "  if ((CURRENT == 2)); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  ((CURRENT--))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [[ $funcstack[1] == _stoker ]]; then _stoker \"$@\"; else compdef _stoker stoker; fi\n";
}

std::string fish_completion(const std::vector<command_description>& commands) {
  std::string lines =
      "# fish completion for stoker; made by \"stoker completion fish\".\ncomplete -c stoker -f\n";
  for (const auto* command : top_level(commands))
    lines += fmt::format("complete -c stoker -n __fish_use_subcommand -a {} -d {}\n", command->name,
                         quoted(first_sentence(command->description)));
  for (const auto* command : top_level(commands)) {
    const auto condition = "__fish_seen_subcommand_from " + command->name;
    if (const auto words = second_words(commands, command->name); !words.empty())
      lines += fmt::format("complete -c stoker -n {} -a {}\n", quoted(condition), quoted(joined(words)));
    for (const auto& option : command->options) lines += fish_option(condition, option);
  }
  return lines;
}

}  // namespace stoker::cli
