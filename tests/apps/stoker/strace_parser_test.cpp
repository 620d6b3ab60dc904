#include "apps/stoker/strace_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

#include "apps/stoker/strace_syntax.hpp"

BOOST_AUTO_TEST_SUITE(strace_parser_test)

namespace {

using namespace stoker::cli;

// Feeds lines to one parser and keeps what was opened as "NUMBER:PROGRAM USE PATH".
std::vector<std::string> opens(const std::vector<std::string>& lines) {
  strace_parser parser("/start");
  std::vector<std::string> out;
  for (const auto& line : lines) {
    const auto open = parser.feed(line);
    if (!open) continue;
    const auto* use = open->use == file_use::read    ? " read "
                      : open->use == file_use::write ? " write "
                                                     : " execute ";
    out.push_back(std::to_string(open->process) + ":" + open->program + use + open->path);
  }
  return out;
}

void check_opens(const std::vector<std::string>& lines, const std::vector<std::string>& expected) {
  const auto found = opens(lines);
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_open_takes_the_path_that_the_result_shows) {
  check_opens({R"(7 1.5 openat(AT_FDCWD</w>, "../link", O_RDONLY|O_CLOEXEC) = 3</real/file>)"},
              {"1: read /real/file"});
}

BOOST_AUTO_TEST_CASE(time_is_seconds_since_the_epoch) {
  strace_parser parser("/");
  const auto open = parser.feed(R"(7 1795188174.620324 open("/a", O_RDONLY) = 3)");
  BOOST_REQUIRE(open);
  BOOST_CHECK_CLOSE(open->time_seconds, 1795188174.620324, 1e-12);
}

BOOST_AUTO_TEST_CASE(without_a_path_in_the_result_the_argument_is_resolved) {
  check_opens({R"(7 1 openat(AT_FDCWD, "a/../b", O_RDONLY) = 3)",  //
               R"(7 1 openat(AT_FDCWD</w>, "c", O_RDONLY) = 3)",   //
               R"(7 1 openat(4</dir>, "./d", O_RDONLY) = 5)",      //
               R"(7 1 openat(4</dir>, "/e", O_RDONLY) = 5)",       //
               R"(7 1 open("f", O_RDWR|O_CREAT, 0666) = 5)",       //
               R"(7 1 openat2(AT_FDCWD</w>, "g", {flags=O_RDONLY|O_CLOEXEC, resolve=0}, 24) = 5)"},
              {"1: read /start/b", "1: read /w/c", "1: read /dir/d", "1: read /e", "1: read /start/f",
               "1: read /w/g"});
}

BOOST_AUTO_TEST_CASE(failed_calls_folders_and_what_is_no_file_are_not_opens) {
  check_opens(
      {R"(7 1 openat(AT_FDCWD</w>, "a", O_RDONLY) = -1 ENOENT (No such file or directory))",
       R"(7 1 openat(AT_FDCWD</w>, ".", O_RDONLY|O_DIRECTORY) = 3</w>)",
       R"(7 1 openat(AT_FDCWD</w>, "a", O_RDONLY|O_PATH) = 3</w/a>)",
       R"(7 1 openat(AT_FDCWD</w>, "fifo", O_RDONLY) = 3<pipe:[17]>)",
       R"(7 1 openat(AT_FDCWD</w>, "a", O_RDONLY <unfinished ...>) = ?)",
       R"(7 1 execve("/bin/none", ["none"], 0x7ffc /* 3 vars */) = -1 ENOENT (No such file or directory))",
       "7 1 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8} ---", "7 1 +++ exited with 0 +++"},
      {});
}

BOOST_AUTO_TEST_CASE(opening_for_writing_alone_is_told_apart) {
  check_opens({R"(7 1 openat(AT_FDCWD</w>, "o", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</w/o>)",
               R"(7 1 creat("p", 0644) = 3</w/p>)"},
              {"1: write /w/o", "1: write /w/p"});
}

BOOST_AUTO_TEST_CASE(calls_that_were_cut_in_two_are_put_together) {
  check_opens({R"(7 1 openat(AT_FDCWD</w>, "a", O_RDONLY <unfinished ...>)",
               R"(8 1 openat(AT_FDCWD</w>, "b" <unfinished ...>)", R"(7 2 <... openat resumed>) = 3</w/a>)",
               R"(8 2 <... openat resumed>, O_RDONLY) = 3</w/b>)"},
              {"1: read /w/a", "2: read /w/b"});
}

BOOST_AUTO_TEST_CASE(the_program_is_what_the_process_executed_last) {
  check_opens({R"(7 1 execve("/bin/sh", ["sh", "-c", "a, (b) \"c\""...], 0x7ffd /* 41 vars */) = 0)",
               R"(7 1 open("/x", O_RDONLY) = 3</x>)",
               R"(7 1 execveat(5</opt/tools>, "cc1", ["cc1"], 0x7ffd /* 41 vars */, 0) = 0)",
               R"(7 1 open("/y", O_RDONLY) = 3</y>)"},
              {"1:sh execute /bin/sh", "1:sh read /x", "1:cc1 execute /opt/tools/cc1", "1:cc1 read /y"});
}

BOOST_AUTO_TEST_CASE(a_child_inherits_program_and_working_directory) {
  check_opens(
      {R"(7 1 execve("/bin/sh", ["sh"], 0x7ffd /* 1 var */) = 0)", R"(7 1 chdir("sub") = 0)",
       "7 1 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f35) = 8",
       R"(8 1 open("a", O_RDONLY) = 3)", R"(7 1 fchdir(3</other>) = 0)", R"(8 1 open("b", O_RDONLY) = 3)",
       R"(7 1 open("c", O_RDONLY) = 3)"},
      {"1:sh execute /bin/sh", "2:sh read /start/sub/a", "2:sh read /start/sub/b", "1:sh read /other/c"});
}

BOOST_AUTO_TEST_CASE(a_child_that_speaks_before_its_parents_fork_returned_inherits_as_well) {
  check_opens({R"(7 1 execve("/bin/sh", ["sh"], 0x7ffd /* 1 var */) = 0)", R"(7 1 chdir("/sub") = 0)",
               "7 1 clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x7f, stack_size=0x9000} "
               "<unfinished ...>",
               R"(8 1 open("a", O_RDONLY) = 3)", R"(8 1 execve("tool", ["tool"], 0x7ffd /* 1 var */) = 0)",
               "7 1 <... clone3 resumed> => {parent_tid=[8]}, 88) = 8", R"(8 1 open("b", O_RDONLY) = 3)"},
              {"1:sh execute /bin/sh", "2:sh read /sub/a", "2:tool execute /sub/tool", "2:tool read /sub/b"});
}

BOOST_AUTO_TEST_CASE(a_pid_that_is_used_again_is_another_process) {
  check_opens({R"(7 1 execve("/bin/a", ["a"], 0x7ffd /* 1 var */) = 0)", "7 1 +++ killed by SIGTERM +++",
               R"(7 2 open("/x", O_RDONLY) = 3</x>)"},
              {"1:a execute /bin/a", "2: read /x"});
}

BOOST_AUTO_TEST_CASE(a_thread_that_executes_goes_on_under_the_pid_of_its_process) {
  check_opens({"7 1 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 9", R"(9 1 chdir("/sub") = 0)",
               R"(9 1 execve("/bin/new", ["new"], 0x7ffd /* 1 var */ <unfinished ...>)",
               "7 1 +++ superseded by execve in pid 9 +++", "7 1 <... execve resumed>) = 0",
               R"(7 1 open("x", O_RDONLY) = 3)"},
              {"2:new execute /bin/new", "2:new read /sub/x"});
}

BOOST_AUTO_TEST_CASE(escapes_in_paths_are_resolved) {
  check_opens({R"(7 1 openat(AT_FDCWD</w>, "x\"y<z>", O_RDONLY) = 3</w/x\"y\74z\76>)",
               R"(7 1 open("/tab\there\\and\303\251, (x)\n", O_RDONLY) = 3)"},
              {"1: read /w/x\"y<z>", "1: read /tab\there\\and\xc3\xa9, (x)\n"});
}

BOOST_AUTO_TEST_CASE(lines_that_are_not_understood_are_skipped_and_counted) {
  strace_parser parser("/");
  for (const auto* line :
       {"", "garbage", "7", "7 x", "7 1 open(", "7 1 open", "7 1 <... open resumed>) = 3", "7 1 = 3"}) {
    BOOST_CHECK(!parser.feed(line));
  }
  BOOST_CHECK_EQUAL(parser.lines_skipped(), 8u);
}

BOOST_AUTO_TEST_CASE(mutated_lines_never_crash_and_paths_stay_absolute) {
  const std::vector<std::string> lines{
      R"(7 1.5 openat(AT_FDCWD</w>, "../li\"nk\303", O_RDONLY|O_CLOEXEC) = 3</real/f\76ile>)",
      "7 1 clone3({flags=CLONE_VM|1<<3, stack=[1, 2]} <unfinished ...>",
      "7 1 <... clone3 resumed> => {parent_tid=[8]}, 88) = 8",
      R"(8 1 execveat(5</opt>, "cc1", ["cc1", "-o"...], 0x7ffd /* 41 vars */, 0) = 0)",
      "7 1 +++ superseded by execve in pid 8 +++",
      R"(7 1 chdir("sub") = 0)"};
  constexpr std::string_view telling("\"\\<>()[]{}, =?+-.079xOn\0\xff", 26);
  std::mt19937 random(42);
  strace_parser parser("/start");
  int found = 0;
  for (int i = 0; i < 50'000; ++i) {
    auto line = lines[random() % lines.size()];
    for (auto edits = random() % 4; edits > 0 && !line.empty(); --edits) {
      const auto position = random() % line.size();
      if (random() % 2 == 0)
        line.erase(position, 1 + random() % 4);
      else
        line[position] = telling[random() % telling.size()];
    }
    if (const auto open = parser.feed(line)) {
      ++found;
      BOOST_REQUIRE_MESSAGE(open->path.starts_with('/'), line);
    }
  }
  BOOST_CHECK_GT(found, 1000);
}

BOOST_AUTO_TEST_SUITE_END()
