#include "apps/stoker/serve_command.hpp"

#include <fstream>

#include "tests/apps/stoker/run_command.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::test;

BOOST_AUTO_TEST_SUITE(serve_command)

namespace {

const std::string example = STOKER_SOURCE_DIR "/apps/configuration/stoker.toml";

outcome check(const std::string& file) {
  return run_command(cli::add_serve_command, {"serve", "--config", file, "--check"});
}

struct written_file {
  explicit written_file(const std::string& text) : path(folder / "s.toml") { std::ofstream{path} << text; }
  temporary_folder folder;
  std::string path;
};

}  // namespace

BOOST_AUTO_TEST_CASE(check_tells_what_a_daemon_would_do) {
  temporary_folder folder;
  const written_file file{
      "[daemon]\nfolder = \"" + std::string{folder / "state"} +
      "\"\n[server]\nport = 9000\ntoken = \"0123456789abcdef\"\n[[origin]]\nname = \"o\"\n"
      "kind = \"file\"\n[[cache]]\nname = \"c\"\norigin = \"o\"\nttl = 60\n"
      "[[schedule]]\nid = \"s\"\ncache = \"c\"\nevery = \"30min\"\n"};
  const auto checked = check(file.path);
  BOOST_TEST(checked.status == 0);
  BOOST_TEST(checked.out.starts_with(file.path + ": in order\n"));
  for (const auto* line : {"http://127.0.0.1:9000", "the configured token", "profile default",
                           "cache c              memory of 64 MiB, eviction learned, from o, TTL 60 s",
                           "schedule s           c, every 30 min"})
    BOOST_CHECK_MESSAGE(checked.out.find(line) != std::string::npos, checked.out);
  BOOST_TEST(checked.out.find("0123456789abcdef") == std::string::npos);
  BOOST_TEST(!std::filesystem::exists(std::string{folder / "state"}));  // it changes nothing
}

BOOST_AUTO_TEST_CASE(check_tells_mistakes_in_one_line_with_file_and_line) {
  check_rejected(check(written_file{"[server]\nprot = 1\n"}.path), 2,
                 "s.toml:2: server: there is no key \"prot\"; did you mean \"port\"?\n");
  check_rejected(check("no such file"), 2, "no such file: can't be read");
}

// What only its maker or the engine can say.
BOOST_AUTO_TEST_CASE(check_makes_origins_and_caches_to_see_whether_they_can_be) {
  check_rejected(
      check(written_file{"[[origin]]\nname = \"o\"\nkind = \"file\"\nroot = \"/no such folder\"\n"}.path), 2,
      "origin \"o\": ");
  check_rejected(
      check(written_file{"[[origin]]\nname = \"o\"\nkind = \"file\"\n[[cache]]\nname = \"c\"\norigin = "
                         "\"o\"\nexclude_keys = [\"[a\"]\n"}
                .path),
      2, "cache \"c\": key rules");
}

BOOST_AUTO_TEST_CASE(the_shipped_example_is_in_order_where_its_folder_exists) {
  if (!std::filesystem::is_directory("/usr/share/doc")) return;
  BOOST_TEST(check(example).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
