// `stoker warm --strategy changed_files --cache ...`: caches other than the page cache are warmed with what
// changed in a git repository, by the command alone and by a daemon that was told which folders are open to
// it.
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/apps/changes/git_repository.hpp"
#include "tests/apps/daemon/built_program.hpp"
#include "tests/apps/daemon/served_daemon.hpp"
#include "tests/storage/caches/redis_server.hpp"

using namespace stoker::test;

namespace changed_files_of_a_cache {

// Pages a and b changed; a needs the menu, and c is as it was.
struct site : git_repository_fixture {
  site() {
    for (const auto* page : {"a", "b", "c", "menu"}) write(std::string{"content/"} + page + ".md", page);
    write("README", "not a page");
    commit_all();
    for (const auto* page : {"content/a.md", "content/b.md", "README"}) write(page, "changed");
    write("needs.txt", "content/a.md content/menu.md\n");
  }

  std::string root() const { return std::filesystem::canonical(folder.path()).string(); }
  // Pages as an application renders them, whose keys are no paths.
  std::string pages(const std::string& back_end, const std::string& name = "rendered") const {
    return "[[origin]]\nname = \"" + name +
           "\"\nkind = \"exec\"\nkeys = \"page:{page}\"\ncommand = [\"/bin/cat\", \"" + root() +
           "/content/{page}.md\"]\n[[cache]]\nname = \"" + name + "\"\norigin = \"" + name + "\"\n" +
           back_end;
  }

  static std::vector<std::string> warm(const std::vector<std::string>& more) {
    std::vector<std::string> command{"warm", "--strategy", "changed_files", "--cache", "rendered", "--json"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
};

const std::string page_keys = R"(changed_keys = [{ files = "content/{page*}.md", key = "page:{page}" }])"
                              "\n";

nlohmann::json report_of(const program_outcome& done) {
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.status << ": " << done.err << done.out);
  return nlohmann::json::parse(done.out);
}

}  // namespace changed_files_of_a_cache

BOOST_FIXTURE_TEST_SUITE(changed_files_of_a_cache, site)

BOOST_AUTO_TEST_CASE(redis_is_warmed_without_a_daemon_by_what_changed_and_what_it_needs) {
  if (!is_installed("redis-server") || !is_installed("redis-cli")) return;
  const redis_server redis;
  const served_daemon files;  // its folders, without a process
  files.configure(pages("back_end = \"redis\"\nsocket = \"" + redis.socket_path() + "\"\n"));
  const auto report = report_of(run_program(warm(
      {"--config", files.configuration(), "--repository", root(), "--dependencies", root() + "/needs.txt",
       "--param", "files=content/{page*}.md", "--param", "key=page:{page}", "--timeout", "60s"})));
  BOOST_TEST(report.at("warmed") == 3);
  BOOST_TEST(report.at("selected") == 3);
  const auto redis_says = [&](const std::vector<std::string>& words) {
    std::vector<std::string> command{"redis-cli", "-s", redis.socket_path(), "--raw"};
    command.insert(command.end(), words.begin(), words.end());
    return run_to_its_end(command).out;
  };
  BOOST_TEST(redis_says({"GET", "page:a"}) == "changed\n");
  BOOST_TEST(redis_says({"GET", "page:menu"}) == "menu\n");
  BOOST_TEST(redis_says({"EXISTS", "page:a", "page:b", "page:c", "page:menu"}) == "3\n");
}

BOOST_AUTO_TEST_CASE(what_fails_has_exit_codes_that_a_pipeline_can_use) {
  const served_daemon files;
  files.configure(pages(page_keys));
  const std::vector<std::string> where{"--config", files.configuration(), "--repository", root()};
  const auto with = [&](const std::vector<std::string>& more) {
    auto arguments = warm(where);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  };
  const auto unknown = with({"--base", "no-such-branch"});
  BOOST_TEST(unknown.status == 1);
  BOOST_TEST(unknown.out.find("no-such-branch") != std::string::npos);
  std::filesystem::remove_all(folder / "content");  // nothing is there any more: nothing is to be warmed
  BOOST_TEST(with({}).status == 0);
  BOOST_TEST(with({"--dependencies", "/no/such/file"}).status == 2);
}

BOOST_AUTO_TEST_CASE(a_daemon_reads_the_repositories_that_are_open_to_it_and_no_others) {
  served_daemon daemon;
  daemon.configure(pages(page_keys) + "[changes]\nfolders = [\"" + root() + "\"]\n");
  daemon.serve();
  const std::vector<std::string> server{"--server", "unix:" + daemon.socket()};
  const auto ask = [&](std::vector<std::string> more) {
    more.insert(more.end(), server.begin(), server.end());
    return run_program(warm(more));
  };
  BOOST_TEST(report_of(ask({"--repository", root(), "--dependencies", root() + "/needs.txt"})).at("warmed") ==
             3);
  BOOST_TEST(report_of(ask({"--param", "repository=" + root()})).at("warmed") == 0);  // they are there
  const site other;
  const auto refused = ask({"--repository", other.root()});
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(refused.out.find("is nothing in the folders that [changes] names") != std::string::npos);
  BOOST_TEST(ask({"--repository", root(), "--dependencies", other.root() + "/needs.txt"}).status == 1);
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
