#include "storage/origins/exec_origin.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "messages/error.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/temporary_folder.hpp"

BOOST_AUTO_TEST_SUITE(exec_origin_suite)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::string_view_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::chrono::steady_clock::time_point in(duration span) {
  return std::chrono::steady_clock::now() + span;
}

exec_origin_config program(std::vector<std::string> arguments) {
  exec_origin_config config;
  config.arguments = std::move(arguments);
  return config;
}

// A shell script, with the key as its "$1".
exec_origin_config script(const std::string& text) {
  return program({"sh", "-c", text, "sh", "{key}"});
}

load_result load(const exec_origin_config& config, std::string_view key = "k") {
  return exec_origin{config}.load(key, in(seconds{20}));
}

load_outcome ending(int status) {
  return load(script("exit " + std::to_string(status))).outcome;
}

// An orphan that ended stands in the table of processes until the system's first process asks for it.
bool runs(pid_t process) {
  std::ifstream told{"/proc/" + std::to_string(process) + "/stat"};
  std::string line;
  if (!std::getline(told, line)) return false;
  const auto name_ends = line.rfind(") ");
  return name_ends != std::string::npos && line.at(name_ends + 2) != 'Z';
}

BOOST_AUTO_TEST_CASE(standard_output_is_the_value) {
  const auto loaded = load(program({"printf", "%s", "{key}"}), "a b; $(x) `y` \"z\"\n");
  BOOST_TEST((loaded.outcome == load_outcome::loaded));
  BOOST_TEST(loaded.bytes.view() == "a b; $(x) `y` \"z\"\n");
  BOOST_TEST(load(program({"head", "-c", "300000", "/dev/zero"})).bytes.size() == 300'000u);
  BOOST_TEST((load(program({"true"})).outcome == load_outcome::loaded));
}

BOOST_AUTO_TEST_CASE(parts_of_the_key_become_arguments) {
  auto config = program({"printf", "%s-%s", "{id}", "x{kind}"});
  config.pattern = "{kind}:{id}";
  BOOST_TEST(load(config, "user:7").bytes.view() == "7-xuser");
  BOOST_TEST((load(config, "none").outcome == load_outcome::refused));
}

BOOST_AUTO_TEST_CASE(a_key_never_becomes_an_option_or_half_an_argument) {
  BOOST_TEST((load(program({"printf", "{key}"}), "--help").outcome == load_outcome::refused));
  BOOST_TEST((load(program({"printf", "%s", "{key}"}), "a\0b"sv).outcome == load_outcome::refused));
  BOOST_TEST(load(program({"printf", "--", "{key}"}), "--help").bytes.view() == "--help");
  BOOST_TEST(load(program({"printf", "%s", "k={key}"}), "-v").bytes.view() == "k=-v");
}

BOOST_AUTO_TEST_CASE(exit_statuses_have_their_outcomes) {
  BOOST_TEST((ending(66) == load_outcome::absent));
  BOOST_TEST((ending(75) == load_outcome::throttled));
  BOOST_TEST((ending(77) == load_outcome::refused));
  BOOST_TEST((ending(1) == load_outcome::failed));
  auto config = script("exit 1");
  config.exit_outcomes[1] = load_outcome::absent;
  BOOST_TEST((load(config).outcome == load_outcome::absent));
}

BOOST_AUTO_TEST_CASE(the_last_words_of_a_program_are_told) {
  const auto failed = load(script("echo the disk is on fire >&2; exit 3"));
  BOOST_TEST(failed.error.find("status 3") != std::string::npos);
  BOOST_TEST(failed.error.find("the disk is on fire") != std::string::npos);
  const auto killed = load(script("kill -9 $$"));
  BOOST_TEST((killed.outcome == load_outcome::failed));
  BOOST_TEST(killed.error.find("signal 9") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_refused) {
  const auto refused = load(program({"/no/such/program"}));
  BOOST_TEST((refused.outcome == load_outcome::refused));
  BOOST_TEST(refused.error.find("/no/such/program") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_deadline_ends_the_whole_process_group) {
  const temporary_folder folder;
  const auto child = folder / "child";
  exec_origin origin{script("sh -c 'echo $$ > " + child + "; while :; do read x < /dev/zero; done' & wait")};
  load_result hung;
  std::thread loading{[&] { hung = origin.load("k", in(seconds{1})); }};
  pid_t process = 0;
  BOOST_TEST(eventually([&] { return (std::ifstream{child} >> process) && process > 0; }));
  loading.join();
  BOOST_TEST((hung.outcome == load_outcome::failed));
  BOOST_TEST(hung.error.starts_with("timed out: "));
  BOOST_TEST(eventually([&] { return !runs(process); }));
  BOOST_TEST(origin.stats().of(trouble::timed_out) == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_program_leaves_behind_holds_nobody) {
  const auto loaded = load(script("sh -c 'while :; do read x < /dev/zero; done' & echo -n v"));
  BOOST_TEST((loaded.outcome == load_outcome::loaded));
  BOOST_TEST(loaded.bytes.view() == "v");
}

BOOST_AUTO_TEST_CASE(output_beyond_the_bound_is_refused) {
  auto config = program({"yes"});
  config.max_bytes = 100'000;
  const auto refused = load(config);
  BOOST_TEST((refused.outcome == load_outcome::refused));
  BOOST_TEST(refused.error.find("more than 100000 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_the_environment_only_what_is_harmless_passes) {
  ::setenv("STOKER_SECRET", "s3cret", 1);
  auto config = script("echo -n \"$STOKER_SECRET,$GIVEN,${{PATH:+path}}\"");
  config.environment = {"GIVEN=yes"};
  BOOST_TEST(load(config).bytes.view() == ",yes,path");
  ::unsetenv("STOKER_SECRET");
}

BOOST_AUTO_TEST_CASE(programs_at_once_are_bounded) {
  const temporary_folder folder;
  const auto pipe = folder / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  auto config = script("read x < " + pipe + "; echo -n v");
  config.processes = 1;
  exec_origin origin{config};
  load_result first;
  std::thread loading{[&] { first = origin.load("k", in(seconds{20})); }};
  std::ofstream writer{pipe};  // opens when the program reads
  const auto second = origin.load("k", in(milliseconds{20}));
  BOOST_TEST((second.outcome == load_outcome::failed));
  BOOST_TEST(second.error.find("as many programs as may run") != std::string::npos);
  writer << std::endl;
  loading.join();
  BOOST_TEST(first.bytes.view() == "v");
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_configuration_are_told) {
  BOOST_CHECK_THROW(exec_origin{program({})}, error);
  BOOST_CHECK_THROW(exec_origin{program({"{key}"})}, error);
  BOOST_CHECK_THROW(exec_origin{program({"echo", "{id}"})}, error);
  auto config = program({"true"});
  config.environment = {"x"};
  BOOST_CHECK_THROW(exec_origin{config}, error);
  config = program({"true"});
  config.processes = 0;
  BOOST_CHECK_THROW(exec_origin{config}, error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
