// Completion scripts and the manual page, as the program prints them.
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <string>

#include "tests/fixtures/temporary_folder.hpp"

BOOST_AUTO_TEST_SUITE(completion)

namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen(command.c_str(), "r"), ::pclose};
  BOOST_REQUIRE(pipe);
  std::string text;
  char buffer[4096];
  for (auto size = std::fread(buffer, 1, sizeof buffer, pipe.get()); size > 0;
       size = std::fread(buffer, 1, sizeof buffer, pipe.get()))
    text.append(buffer, size);
  return text;
}

std::string run_stoker(const std::string& arguments) {
  return output_of(std::string{STOKER_BINARY} + ' ' + arguments);
}

std::set<std::string> found_in(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
    found.insert(at->str(1));
  return found;
}

// As the program's own help tells them.
std::set<std::string> commands() {
  const auto help = run_stoker("--help");
  auto found = found_in(help.substr(help.find("Subcommands:")), std::regex{R"(\n  ([a-z-]+) )"});
  BOOST_TEST(found.size() > 15u);
  return found;
}

std::set<std::string> options_of(const std::string& command) {
  return found_in(run_stoker(command + " --help"), std::regex{R"([\n,] *(--[a-z-]+))"});
}

bool is_there(const std::string& program) {
  if (std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0) return true;
  BOOST_TEST_MESSAGE("skipped: " + program + " is not installed");
  return false;
}

// A script in a file, that a shell finds no fault with.
struct script {
  explicit script(const std::string& shell) {
    file = (folder.path() / ("stoker." + shell)).string();
    std::ofstream{file} << run_stoker("completion " + shell);
  }

  stoker::test::temporary_folder folder;
  std::string file;
};

// What bash offers after these words; the last one is begun.
std::string offered(const std::string& file, const std::string& words, int current) {
  return output_of("bash -c 'source " + file + "; COMP_WORDS=(" + words +
                   "); COMP_CWORD=" + std::to_string(current) + "; _stoker; echo \"${COMPREPLY[*]}\"'");
}

}  // namespace

BOOST_AUTO_TEST_CASE(bash_completes_commands_options_and_words) {
  if (!is_there("bash")) return;
  const script completion{"bash"};
  BOOST_TEST(offered(completion.file, "stoker stat", 1) == "stats status\n");
  BOOST_TEST(offered(completion.file, "stoker status --wa", 2) == "--watch\n");
  BOOST_TEST(offered(completion.file, "stoker warm --policy bal", 3) == "balanced\n");
  BOOST_TEST(offered(completion.file, "stoker completion f", 2) == "fish\n");
  BOOST_TEST(offered(completion.file, "stoker status --interval 1", 3) == "\n");
}

BOOST_AUTO_TEST_CASE(every_shell_knows_every_command_and_option) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const auto text = run_stoker(std::string{"completion "} + shell);
    for (const auto& command : commands()) {
      BOOST_CHECK_MESSAGE(text.find(command) != std::string::npos, command + " is not in that of " + shell);
      for (const auto& option : options_of(command)) {
        const auto known = text.find(option) != std::string::npos ||
                           text.find("-l " + option.substr(2)) != std::string::npos;
        BOOST_CHECK_MESSAGE(known, command + ' ' + option + " is not in that of " + shell);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(shells_find_no_fault_with_their_scripts) {
  for (const auto* shell : {"bash", "zsh", "fish"})
    if (is_there(shell)) {
      const script completion{shell};
      BOOST_CHECK_MESSAGE(std::system((shell + std::string{" -n "} + completion.file).c_str()) == 0, shell);
    }
}

BOOST_AUTO_TEST_CASE(fish_completes_as_bash_does) {
  if (!is_there("fish")) return;
  const script completion{"fish"};
  const auto fish = [&](const std::string& line) {
    return output_of("HOME=" + completion.folder.path().string() + " fish -c 'source " + completion.file +
                     "; complete -C \"" + line + "\"' 2>&1");
  };
  BOOST_TEST(fish("stoker statu").starts_with("status\t"));
  BOOST_TEST(fish("stoker warm --policy bal").starts_with("balanced"));
}

BOOST_AUTO_TEST_CASE(the_manual_page_tells_of_every_command_option_and_exit_code) {
  const auto page = run_stoker("man-page");
  const auto escaped = [](const std::string& name) {
    return std::regex_replace(name, std::regex{"-"}, "\\-");
  };
  for (const auto& command : commands()) {
    const auto at = page.find(".SS " + escaped(command) + "\n");
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, command);
    const auto section = page.substr(at, page.find(".SS ", at + 4) - at);
    for (const auto& option : options_of(command))
      BOOST_CHECK_MESSAGE(option == "--help" || section.find(escaped(option)) != std::string::npos,
                          command + ' ' + option);
  }
  for (const auto* code : {"0", "1", "2", "3", "4"})
    BOOST_CHECK_MESSAGE(page.find(std::string{"\n.B "} + code + "\n") != std::string::npos, code);
}

BOOST_AUTO_TEST_CASE(the_manual_page_is_good_roff) {
  if (!is_there("groff")) return;
  BOOST_TEST(output_of(std::string{STOKER_BINARY} + " man-page | groff -man -Tutf8 -ww -z 2>&1") == "");
}

BOOST_AUTO_TEST_CASE(every_command_has_examples_and_exit_codes_in_its_help) {
  for (const auto& command : commands()) {
    const auto help = run_stoker(command + " --help");
    BOOST_CHECK_MESSAGE(help.find("Examples:\n  ") != std::string::npos, command);
    BOOST_CHECK_MESSAGE(help.find("Exit codes: 0 done") != std::string::npos, command);
  }
}

BOOST_AUTO_TEST_SUITE_END()
