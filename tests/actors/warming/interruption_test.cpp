// Kills a process in the middle of a run, and looks at what the next one makes of its journal.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <set>
#include <sstream>
#include <string>

#include "tests/fixtures/temporary_folder.hpp"

extern char** environ;

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(interruption_test)

namespace {

constexpr int key_count = 2000;

class child_process {
 public:
  child_process(const std::string& folder, std::string mode) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addclose(&actions, ends[0]);
    char program[] = STOKER_INTERRUPTED_WARMER;
    char* arguments[] = {program, const_cast<char*>(folder.c_str()), mode.data(), nullptr};
    BOOST_REQUIRE(::posix_spawn(&pid_, program, &actions, nullptr, arguments, environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~child_process() {
    kill();
    ::fclose(output_);
  }

  // The next line, without its end; empty when the process has ended and all was read.
  std::string next_line() {
    char line[128];
    if (std::fgets(line, sizeof line, output_) == nullptr) return {};
    std::string text{line};
    if (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }

  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
  std::FILE* output_ = nullptr;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_run_that_was_killed_goes_on_in_the_next_process) {
  temporary_folder parent;
  const auto folder = parent / "history";
  std::multiset<std::string> stored;
  {
    child_process first{folder, "start"};
    while (stored.size() < key_count / 2) {
      const auto line = first.next_line();
      BOOST_REQUIRE(line.starts_with('+'));
      stored.insert(line.substr(1));
    }
    first.kill();
    for (auto line = first.next_line(); !line.empty(); line = first.next_line())
      stored.insert(line.substr(1));
  }
  const auto before = stored.size();
  child_process second{folder, "resume"};
  std::string line;
  for (line = second.next_line(); line.starts_with('+'); line = second.next_line())
    stored.insert(line.substr(1));
  BOOST_REQUIRE(line.starts_with('='));
  std::istringstream told{line.substr(1)};
  std::uint64_t number = 0;
  std::uint64_t resumed_at = 0;
  std::uint64_t selected = 0;
  std::uint64_t warmed = 0;
  told >> number >> resumed_at >> selected >> warmed;
  BOOST_TEST(number == 1u);
  BOOST_TEST(resumed_at > 0u);
  BOOST_TEST(resumed_at <= before);
  BOOST_TEST(resumed_at + selected == key_count);
  BOOST_TEST(warmed == selected);
  // Everything is there, and what was loaded twice is what the journal had not yet been told of.
  const std::set<std::string> keys{stored.begin(), stored.end()};
  BOOST_TEST(keys.size() == key_count);
  BOOST_TEST_MESSAGE(before << " loads before the kill, " << stored.size() - key_count
                            << " of them made again");
  BOOST_TEST(stored.size() - key_count < before / 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
