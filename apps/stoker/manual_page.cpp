#include "apps/stoker/manual_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace stoker::cli {

namespace {

constexpr auto about =
    "Stoker learns from accesses which keys an application will need, and puts them into its caches before "
    "they are "
    "asked for: after a restart, ahead of a peak, one step ahead of a user. It works within a memory budget "
    "and an "
    "origin's limits, and measures against a control group whether it helped.\n";

constexpr auto environment = R"(.TP
.B STOKER_SERVER
The daemon that commands talk to: http://HOST:PORT, https://HOST:PORT or unix:PATH.
.TP
.B STOKER_TOKEN
The token that the daemon asks for; \-\-token\-file names a file instead.
.TP
.BR STOKER_CA ", " STOKER_CERT ", " STOKER_KEY
Files in PEM for a daemon behind https: certificates of authorities that are trusted, a certificate of one's own and its
key; \-\-ca, \-\-cert and \-\-key name them instead.
.TP
.B NO_COLOR
When it is set, and not empty, nothing is coloured.
.TP
.B STOKER_*
Others override keys of the daemon's configuration; see the example that ships.
)";

constexpr auto exit_codes = R"(.TP
.B 0
Done.
.TP
.B 1
It failed.
.TP
.B 2
Wrong usage, or input that is malformed.
.TP
.B 3
A daemon is needed, and none answers.
.TP
.B 4
A bound that was given, pressure or somebody ended it early; of
.BR "stoker health" :
degraded.
)";

constexpr auto files = R"(.TP
.I /etc/stoker/stoker.toml
The daemon's configuration.
.TP
.I /usr/share/stoker/
Examples of it, and what monitoring needs: alert rules, a dashboard.
)";

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n'))
      result += std::string{"\\&"} + c;
    else
      result += c;
  }
  return result;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  return text;
}

std::string value_name(const option_description& option) {
  if (option.value == value_kind::none) return {};
  if (option.value == value_kind::word) {
    std::string words;
    for (const auto& word : option.words) words += (words.empty() ? "" : "|") + word;
    return words;
  }
  return option.value == value_kind::file ? "FILE" : option.value == value_kind::folder ? "FOLDER" : "VALUE";
}

std::string option_text(const option_description& option) {
  std::string names;
  for (const auto& name : option.names) names += (names.empty() ? "" : ", ") + escaped(name);
  const auto value = option.positional ? std::string{} : escaped(value_name(option));
  auto text = fmt::format(".TP\n\\fB{}\\fR{}\n{}", names, value.empty() ? "" : " \\fI" + value + "\\fR",
                          escaped(option.description));
  if (!option.default_text.empty() && option.default_text != "[]" && option.default_text != "\"\"")
    text += fmt::format(" (default: {})", escaped(option.default_text));
  return text + '\n';
}

// The text before "Examples:", and the examples as they stand; exit codes have a section of their own.
std::string footer_text(const std::string& footer) {
  const auto examples = footer.find("Examples:\n");
  const auto words = footer.substr(0, examples);
  auto text = words.empty() || words == footer ? std::string{} : ".PP\n" + escaped(words);
  if (examples == std::string::npos) return text;
  const auto end = footer.find("\n\n", examples);
  const auto lines = footer.substr(examples + 10, end - examples - 10);
  return text + ".PP\nExamples:\n.PP\n.nf\n" + escaped(lines) + "\n.fi\n";
}

std::string usage_of(const command_description& command) {
  std::string usage = "\\fBstoker " + escaped(command.name) + "\\fR [\\fIoptions\\fR]";
  for (const auto& option : command.options)
    if (option.positional)
      usage += fmt::format(" {}\\fI{}\\fR{}{}", option.required ? "" : "[", escaped(option.names.front()),
                           option.repeats ? "..." : "", option.required ? "" : "]");
  return usage;
}

std::string command_text(const command_description& command) {
  auto text = fmt::format(".SS {}\n{}\n.PP\n{}.\n", escaped(command.name), usage_of(command),
                          escaped(command.description));
  for (const auto& option : command.options)
    if (option.names.front() != "--help") text += option_text(option);
  return text + footer_text(command.footer);
}

}  // namespace

std::string manual_page(const std::vector<command_description>& commands, const std::string& version) {
  auto page = fmt::format(
      ".TH STOKER 1 \"\" \"{}\" \"User Commands\"\n.SH NAME\nstoker \\- keeps caches warm\n", version);
  page +=
      ".SH SYNOPSIS\n\\fBstoker\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n" + escaped(about);
  page += ".SH COMMANDS\n";
  for (const auto& command : commands)
    if (!command.name.empty()) page += command_text(command);
  const auto section = [](const char* title, const char* text) {
    return ".SH " + upper(title) + '\n' + text;
  };
  return page + section("environment", environment) + section("exit status", exit_codes) +
         section("files", files) +
         ".SH SEE ALSO\n.PP\nhttp://127.0.0.1:8003/ of a daemon that runs: its dashboard\n";
}

}  // namespace stoker::cli
