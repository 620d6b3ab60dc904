// The PostgreSQL origin against a server of the test's own: what it loads, and what becomes of loads when the
// server is absent, slow, dying, refusing or talking nonsense.
#include "storage/origins/postgres_origin.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "messages/error.hpp"
#include "tests/fixtures/postgres_server.hpp"
#include "tests/fixtures/scripted_server.hpp"

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::string_view_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* tables =
    "CREATE TABLE pages (id text, body text, raw bytea, ttl numeric);"
    "INSERT INTO pages VALUES ('a', 'text of a', '\\x00ff0a', 90.5), ('null', NULL, NULL, NULL),"
    "  ('empty', '', '', NULL), ('twice', '1', NULL, NULL), ('twice', '2', NULL, NULL),"
    "  ('long', repeat('x', 1000), NULL, NULL);"
    "CREATE TABLE numbers (n integer); INSERT INTO numbers VALUES (7);"
    "CREATE ROLE few LOGIN CONNECTION LIMIT 0;"
    "CREATE ROLE nobody LOGIN";

// One for all tests: making one takes a second or two.
postgres_server& shared_server() {
  static const auto server = [] {
    auto made = std::make_unique<postgres_server>();
    made->run(tables);
    return made;
  }();
  return *server;
}

std::chrono::steady_clock::time_point in(duration span) {
  return std::chrono::steady_clock::now() + span;
}

postgres_origin_config asking(const std::string& statement) {
  postgres_origin_config config;
  config.connection = shared_server().connection();
  config.statement = statement;
  return config;
}

load_result load(postgres_origin_config config, std::string_view key) {
  return postgres_origin{std::move(config)}.load(key, in(seconds{10}));
}

load_result load(const std::string& statement, std::string_view key) {
  return load(asking(statement), key);
}

constexpr const char* body_of = "SELECT body FROM pages WHERE id = $1";

struct needs_postgres {
  boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
    return has_postgres();
  }
};

bool works_again(postgres_origin& origin) {
  const auto until = in(seconds{30});
  while (std::chrono::steady_clock::now() < until)
    if (origin.load("a", in(seconds{1})).outcome == load_outcome::loaded) return true;
  return false;
}

BOOST_AUTO_TEST_SUITE(postgres_origin_suite, *boost::unit_test::precondition(needs_postgres{}))

BOOST_AUTO_TEST_CASE(the_first_column_of_the_one_row_is_the_value) {
  BOOST_TEST(load(body_of, "a").bytes.view() == "text of a");
  BOOST_TEST(load("SELECT raw FROM pages WHERE id = $1", "a").bytes.view() == "\0\xff\n"sv);
  BOOST_TEST(load("SELECT n FROM numbers WHERE n = $1", "7").bytes.view() == "7");
  BOOST_TEST(
      load("SELECT row_to_json(t) FROM (SELECT id, ttl FROM pages WHERE id = $1) t", "a").bytes.view() ==
      R"({"id":"a","ttl":90.5})");
  const auto empty = load(body_of, "empty");
  BOOST_TEST((empty.outcome == load_outcome::loaded));
  BOOST_TEST(empty.bytes.size() == 0u);
}

BOOST_AUTO_TEST_CASE(no_row_and_null_are_absent_and_several_rows_refused) {
  BOOST_TEST((load(body_of, "none").outcome == load_outcome::absent));
  BOOST_TEST((load(body_of, "null").outcome == load_outcome::absent));
  const auto several = load(body_of, "twice");
  BOOST_TEST((several.outcome == load_outcome::refused));
  BOOST_TEST(several.error.find("LIMIT 1") != std::string::npos);
  // A hundred million of them: they pass by, one after the other, until the deadline at the latest.
  postgres_origin endless{asking("SELECT i FROM generate_series(1, 100000000) i WHERE $1 <> ''")};
  BOOST_TEST((endless.load("k", in(milliseconds{500})).outcome == load_outcome::failed));
  auto config = asking(body_of);
  config.max_bytes = 999;
  BOOST_TEST((load(config, "long").outcome == load_outcome::refused));
  config = asking("SET LOCAL work_mem = '1MB'");
  config.parameters.clear();
  const auto no_select = load(config, "a");
  BOOST_TEST((no_select.outcome == load_outcome::refused));
  BOOST_TEST(no_select.error.find("SELECT") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_column_is_the_ttl) {
  BOOST_TEST((load("SELECT body, ttl FROM pages WHERE id = $1", "a").ttl == milliseconds{90'500}));
  BOOST_TEST((load("SELECT body, ttl FROM pages WHERE id = $1", "empty").ttl == duration::zero()));
}

BOOST_AUTO_TEST_CASE(parameters_are_made_of_the_keys_parts) {
  auto config = asking("SELECT $2 || '/' || body FROM pages WHERE id = $1");
  config.pattern = "{kind}:{id}";
  config.parameters = {"{id}", "a {kind}"};
  BOOST_TEST(load(config, "page:a").bytes.view() == "a page/text of a");
  BOOST_TEST((load(config, "a").outcome == load_outcome::refused));
}

BOOST_AUTO_TEST_CASE(nothing_in_a_key_is_read_as_sql) {
  BOOST_TEST((load(body_of, "a'; DROP TABLE pages; --").outcome == load_outcome::absent));
  BOOST_TEST((load(body_of, "a\0b"sv).outcome == load_outcome::refused));
  BOOST_TEST((load(body_of, "\xff\xfe").outcome == load_outcome::refused));
  BOOST_TEST((load(body_of, "a").outcome == load_outcome::loaded));
}

BOOST_AUTO_TEST_CASE(nothing_can_be_written) {
  const auto refused = load("INSERT INTO pages (id) VALUES ($1) RETURNING id", "new");
  BOOST_TEST((refused.outcome == load_outcome::refused));
  BOOST_TEST(refused.error.find("read-only") != std::string::npos);
  BOOST_TEST((load(body_of, "new").outcome == load_outcome::absent));
}

BOOST_AUTO_TEST_CASE(an_error_of_one_key_leaves_the_connection_to_the_next) {
  postgres_origin origin{asking("SELECT n FROM numbers WHERE n = $1")};
  for (const char* key : {"x", "7", "y", "7"}) {
    const auto came = origin.load(key, in(seconds{10}));
    BOOST_TEST((came.outcome == (key[0] == '7' ? load_outcome::loaded : load_outcome::refused)));
  }
  BOOST_TEST(origin.connections_made() == 1u);
  BOOST_TEST(origin.stats().of(trouble::rejected) == 2u);
}

BOOST_AUTO_TEST_CASE(the_server_ends_a_statement_that_takes_too_long) {
  postgres_origin origin{asking("SELECT pg_sleep(60), $1::text")};
  for (int i = 0; i < 2; ++i) {
    const auto late = origin.load("a", in(milliseconds{300}));
    BOOST_TEST((late.outcome == load_outcome::failed));
    BOOST_TEST(late.error.starts_with("timed out: "));
  }
  BOOST_TEST(origin.connections_made() == 1u);
  BOOST_TEST(origin.stats().of(trouble::timed_out) == 2u);
}

BOOST_AUTO_TEST_CASE(connections_are_bounded) {
  auto config = asking("SELECT count(*) FROM pg_stat_activity, pg_sleep(0.01) WHERE application_name = $1");
  config.connections = 2;
  postgres_origin origin{config};
  std::vector<std::thread> users;
  std::atomic<int> loaded{0};
  for (int i = 0; i < 8; ++i)
    users.emplace_back([&] {
      for (int k = 0; k < 5; ++k)
        if (origin.load("stoker", in(seconds{30})).outcome == load_outcome::loaded) ++loaded;
    });
  for (auto& user : users) user.join();
  BOOST_TEST(loaded == 40);
  BOOST_TEST(origin.connections_made() <= 2u);
}

BOOST_AUTO_TEST_CASE(refused_authentication_is_denied) {
  auto config = asking(body_of);
  config.connection = shared_server().connection("locked") + " password=wrong";
  postgres_origin origin{config};
  for (int i = 0; i < 2; ++i) {  // the second is not even tried
    const auto denied = origin.load("a", in(seconds{10}));
    BOOST_TEST((denied.outcome == load_outcome::refused));
    BOOST_TEST(denied.error.find("password authentication failed") != std::string::npos);
  }
  BOOST_TEST(origin.stats().of(trouble::denied) == 2u);
  config.connection = shared_server().connection("nobody");
  BOOST_TEST((load(config, "a").outcome == load_outcome::refused));  // no right to read the table
  config.connection = shared_server().connection("locked") + " password=secret";
  config.statement = "SELECT current_user::text WHERE $1 <> ''";
  BOOST_TEST(load(config, "a").bytes.view() == "locked");
}

BOOST_AUTO_TEST_CASE(a_server_with_no_room_for_a_connection_throttles) {
  auto config = asking(body_of);
  config.connection = shared_server().connection("few");
  BOOST_TEST((load(config, "a").outcome == load_outcome::throttled));
}

BOOST_AUTO_TEST_CASE(mistakes_in_statements_are_refused) {
  BOOST_TEST((load("SELEC 1", "a").outcome == load_outcome::refused));
  BOOST_TEST((load("SELECT body FROM nothing WHERE id = $1", "a").outcome == load_outcome::refused));
  BOOST_TEST(
      (load("SELECT body FROM pages WHERE id = $1 AND body = $2", "a").outcome == load_outcome::refused));
  BOOST_TEST((load("SELECT 1; SELECT 2", "a").outcome == load_outcome::refused));
}

BOOST_AUTO_TEST_CASE(a_server_that_restarts_while_idle_costs_nothing_and_one_that_is_away_is_found_again) {
  auto& server = shared_server();
  postgres_origin origin{asking(body_of)};
  BOOST_TEST((origin.load("a", in(seconds{10})).outcome == load_outcome::loaded));
  server.stop();
  server.start();
  BOOST_TEST((origin.load("a", in(seconds{10})).outcome == load_outcome::loaded));
  BOOST_TEST(origin.connections_made() == 2u);
  server.stop();
  for (int i = 0; i < 2; ++i) {
    const auto away = origin.load("a", in(seconds{10}));
    BOOST_TEST((away.outcome == load_outcome::failed));
    BOOST_TEST(away.error.starts_with("unavailable: "));
  }
  server.start();
  BOOST_TEST(works_again(origin));
}

BOOST_AUTO_TEST_CASE(a_server_that_dies_in_a_statement_is_unavailable) {
  auto& server = shared_server();
  postgres_origin origin{asking("SELECT body FROM pages, pg_sleep(30) WHERE id = $1")};
  load_result died;
  std::thread loading{[&] { died = origin.load("a", in(seconds{60})); }};
  const auto under_way = [&] {
    return load("SELECT 1 FROM pg_stat_activity WHERE wait_event = $1", "PgSleep").outcome ==
           load_outcome::loaded;
  };
  const auto until = in(seconds{30});
  while (!under_way() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  server.stop();
  loading.join();
  BOOST_TEST((died.outcome == load_outcome::failed));
  BOOST_TEST(died.error.starts_with("unavailable: "));
  server.start();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(postgres_faults_suite)

postgres_origin_config scripted(const temporary_folder& folder) {
  postgres_origin_config config;
  config.connection = "host=" + folder.path().string() + " port=1 user=u dbname=d";
  config.statement = "SELECT $1";
  return config;
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_holds_nobody_beyond_the_deadline) {
  const temporary_folder folder;
  const scripted_server server{folder / ".s.PGSQL.1", {"", ""}};
  postgres_origin origin{scripted(folder)};
  const auto late = origin.load("k", in(milliseconds{50}));
  BOOST_TEST((late.outcome == load_outcome::failed));
  BOOST_TEST(late.error.starts_with("timed out: "));
}

BOOST_AUTO_TEST_CASE(a_server_that_talks_nonsense_is_unavailable) {
  const temporary_folder folder;
  const scripted_server server{folder / ".s.PGSQL.1", {"HTTP/1.1 400 Bad Request\r\n\r\n"}};
  postgres_origin origin{scripted(folder)};
  const auto garbage = origin.load("k", in(seconds{5}));
  BOOST_TEST((garbage.outcome == load_outcome::failed));
  BOOST_TEST(origin.stats().of(trouble::unavailable) == 1u);
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_configuration_are_told_without_the_password) {
  const temporary_folder folder;
  auto config = scripted(folder);
  config.connection = "hots=x password=s3cret";
  try {
    postgres_origin{config};
    BOOST_FAIL("it was accepted");
  } catch (const error& mistake) {
    BOOST_TEST(std::string{mistake.what()}.find("s3cret") == std::string::npos);
  }
  config = scripted(folder);
  config.statement.clear();
  BOOST_CHECK_THROW(postgres_origin{config}, error);
  config = scripted(folder);
  config.parameters = {"{nothing}"};
  BOOST_CHECK_THROW(postgres_origin{config}, error);
  config = scripted(folder);
  config.connections = 0;
  BOOST_CHECK_THROW(postgres_origin{config}, error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
