#include "apps/stoker/completion_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/completion_scripts.hpp"
#include "apps/stoker/manual_page.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(An installed Stoker has these where the shells look for them; this prints them for other places.

Examples:
  source <(stoker completion bash)
  stoker completion fish > ~/.config/fish/completions/stoker.fish

)";

exit_code print_completion(const CLI::App& app, const std::string& shell, console& io) {
  const auto commands = describe(app);
  if (shell == "bash") io.out << bash_completion(commands) << std::flush;
  if (shell == "zsh") io.out << zsh_completion(commands) << std::flush;
  if (shell == "fish") io.out << fish_completion(commands) << std::flush;
  return exit_ok;
}

}  // namespace

void add_completion_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("completion", "Print a script that completes commands and options");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "For which shell")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
  command->footer(help_text);
  command->callback([shell, &app, &io, &status] { status = print_completion(app, *shell, io); });

  auto* page = app.add_subcommand("man-page", "Print the manual page");
  page->group("");  // hidden: an installation has it
  page->callback([&app, &io, &status] {
    io.out << manual_page(describe(app), app.version()) << std::flush;
    status = exit_ok;
  });
}

}  // namespace stoker::cli
