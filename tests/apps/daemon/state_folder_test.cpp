#include "apps/daemon/state_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "messages/error.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::daemon;

BOOST_AUTO_TEST_SUITE(state_folder_suite)

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat known {};
  BOOST_REQUIRE(::stat(path.c_str(), &known) == 0);
  return known.st_mode & 0777;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_made_for_its_owner_alone_and_tells_who_holds_it) {
  test::temporary_folder base;
  const std::filesystem::path where = base / "a/b";
  BOOST_CHECK(!holder_of(where));
  {
    const state_folder folder{where};
    BOOST_TEST(mode_of(where) == 0700u);
    BOOST_TEST(holder_of(where).value() == ::getpid());
  }
  BOOST_CHECK(!holder_of(where));
}

BOOST_AUTO_TEST_CASE(a_second_daemon_is_refused_in_one_line_that_names_the_first) {
  test::temporary_folder base;
  const std::filesystem::path where = base / "state";
  const state_folder first{where};
  BOOST_CHECK_EXCEPTION(state_folder{where}, error, [&](const error& refused) {
    const std::string text = refused.what();
    BOOST_TEST(text.find("another daemon runs on this folder (process " + std::to_string(::getpid()) + ")") !=
               std::string::npos);
    BOOST_TEST(text.find('\n') == std::string::npos);
    return refused.code() == errc::busy;
  });
}

// As after kill -9: the file is there, the lock is not.
BOOST_AUTO_TEST_CASE(the_id_of_a_process_that_is_gone_holds_nobody_up) {
  test::temporary_folder base;
  const std::filesystem::path where = base / "state";
  std::filesystem::create_directory(where);
  std::ofstream{where / "stoker.pid"} << "1\n";
  BOOST_CHECK(!holder_of(where));
  const state_folder folder{where};
  BOOST_TEST(holder_of(where).value() == ::getpid());
}

BOOST_AUTO_TEST_CASE(a_token_is_made_once_and_readable_by_its_owner_alone) {
  test::temporary_folder base;
  const std::filesystem::path where = base / "state";
  std::string token;
  {
    const state_folder folder{where};
    token = folder.token();
    BOOST_TEST(token.size() == 64u);
    BOOST_TEST(folder.token() == token);
    BOOST_TEST(mode_of(token_file(where)) == 0600u);
  }
  BOOST_TEST(state_folder{where}.token() == token);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_told_with_its_path) {
  test::temporary_folder base;
  const std::string file = base / "file";
  std::ofstream{file} << "x";
  BOOST_CHECK_EXCEPTION(state_folder{file + "/state"}, error, [&](const error& refused) {
    return std::string{refused.what()}.find(file) != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
