#include "storage/traces/access_log.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "messages/error.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(access_log_test)

namespace {

using namespace stoker;
using test::temporary_folder;
using test::write_bytes;

const std::string good_line =
    R"line(192.0.2.7 - ann [10/Oct/2000:13:55:36 -0700] "GET /a/b?c=d HTTP/1.1" 200 2326 "-" "Mozilla/4.08 (x)")line";

std::string line(const std::string& request, int status, const std::string& user = "-") {
  return "192.0.2.7 - " + user + " [10/Oct/2000:13:55:36 -0700] \"" + request + "\" " +
         std::to_string(status) + " 10 \"-\" \"-\"\n";
}

struct one_log {
  temporary_folder folder;
  std::string file = folder / "access.log";

  trace read(const std::string& text, bool skip = false) const {
    write_bytes(file, text);
    trace_limits limits;
    limits.skip_malformed = skip;
    return read_access_log(file, log_format::combined(), limits);
  }
};

void check_problem(const log_format& format, const std::string& text, const std::string& part) {
  log_entry entry;
  const auto problem = format.parse(text, entry);
  BOOST_REQUIRE_MESSAGE(problem, "parsed: " << text);
  BOOST_CHECK_MESSAGE(problem->find(part) != std::string::npos, *problem);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_combined_line_gives_path_time_size_and_user) {
  log_entry entry;
  BOOST_REQUIRE(!log_format::combined().parse(good_line, entry));
  BOOST_TEST(entry.key == "/a/b?c=d");
  BOOST_TEST(*entry.time == 971211336.0);
  BOOST_TEST(entry.size == 2326u);
  BOOST_TEST(entry.subject == "ann");
  BOOST_TEST(entry.method == "GET");
  BOOST_TEST(entry.status == 200u);
}

BOOST_AUTO_TEST_CASE(a_format_of_ones_own_is_written_as_nginx_writes_it) {
  const log_format format(
      "$msec|${request_method}|$request_uri|$subject|$upstream_response_time|$request_time");
  log_entry entry;
  BOOST_REQUIRE(!format.parse("1700000000.250|HEAD|/x|u 1|0.004, 0.100|9", entry));
  BOOST_TEST(entry.key == "/x");
  BOOST_TEST(*entry.time == 1700000000.25);
  BOOST_TEST(entry.subject == "u 1");
  BOOST_TEST(entry.cost_us == 4000u);
  BOOST_REQUIRE(!format.parse("1|GET|/x|u|-|0.25", entry));
  BOOST_TEST(entry.cost_us == 250'000u);
}

BOOST_AUTO_TEST_CASE(times_are_read_with_their_zone) {
  const log_format format("$time_iso8601 $key");
  log_entry entry;
  BOOST_REQUIRE(!format.parse("2024-02-29T23:59:60+01:30 k", entry));
  BOOST_TEST(*entry.time == 1709245800.0);
  BOOST_REQUIRE(!format.parse("2024-02-29T22:30:00Z k", entry));
  BOOST_TEST(*entry.time == 1709245800.0);
  for (const auto* wrong : {"2023-02-29T00:00:00Z k", "2024-02-29T24:00:00Z k", "2024-02-29 00:00:00Z k",
                            "2024-02-29T00:00:00+1 k", " k"})
    check_problem(format, wrong, "expected a time");
}

BOOST_AUTO_TEST_CASE(formats_without_a_key_or_with_no_end_of_a_value_are_refused) {
  BOOST_CHECK_THROW(log_format("$remote_addr $status"), std::invalid_argument);
  BOOST_CHECK_THROW(log_format("$remote_addr$request"), std::invalid_argument);
  BOOST_CHECK_THROW(log_format(""), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(lines_of_another_format_say_what_was_expected) {
  const auto& format = log_format::combined();
  check_problem(format, "", "a line of the log's format");
  check_problem(format, "key 17", "a line of the log's format");
  check_problem(format, good_line + " 0.003", "a line of the log's format");
  check_problem(format, line("GET / HTTP/1.1", 200).substr(0, 60), "a line of the log's format");
}

BOOST_FIXTURE_TEST_CASE(successful_reads_are_accesses_and_the_rest_is_left_out, one_log) {
  const auto t =
      read(line("GET /a HTTP/1.1", 200) + line("POST /a HTTP/1.1", 200) + line("GET /b HTTP/1.1", 404) +
           line(R"(\x16\x03\x01)", 400) + line("HEAD /c HTTP/2.0", 304, "bob") + line("GET /a", 200));
  const std::vector<std::string> keys{"/a", "/c"}, subjects{"192.0.2.7", "bob"};
  BOOST_TEST(t.keys == keys, boost::test_tools::per_element());
  BOOST_TEST(t.subject_names == subjects, boost::test_tools::per_element());
  BOOST_TEST(t.accesses.size() == 3u);
  BOOST_TEST(t.times.size() == 3u);
  BOOST_TEST(t.left_out == 3u);
  BOOST_TEST(t.malformed == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_malformed_line_is_told_with_its_place_or_skipped_and_counted, one_log) {
  const auto text =
      line("GET /a HTTP/1.1", 200) + "what is this\n\n" + line("GET", 200) + line("GET /b HTTP/1.1", 200);
  BOOST_CHECK_EXCEPTION(read(text), trace_error, [&](const trace_error& e) {
    return e.line() == 2 && std::string(e.what()).starts_with(file + ":2: expected");
  });
  const auto t = read(text, true);
  BOOST_TEST(t.malformed == 2u);
  BOOST_TEST(t.accesses.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_log_is_told_from_a_trace_by_its_first_line, one_log) {
  write_bytes(file, good_line + "\n");
  BOOST_TEST(is_access_log(file, log_format::combined()));
  write_bytes(file, "time,key\n1,a\n");
  BOOST_TEST(!is_access_log(file, log_format::combined()));
  write_bytes(file, "");
  BOOST_TEST(!is_access_log(file, log_format::combined()));
  BOOST_CHECK_THROW(is_access_log(folder / "none", log_format::combined()), trace_error);
}

BOOST_AUTO_TEST_CASE(what_the_cache_made_of_a_request_is_known_where_nginx_tells_it) {
  const log_format format("$upstream_cache_status $key");
  log_entry entry;
  const std::pair<std::string, logged_outcome> words[] = {
      {"HIT", logged_outcome::hit},         {"STALE", logged_outcome::hit},
      {"MISS", logged_outcome::miss},       {"EXPIRED", logged_outcome::miss},
      {"BYPASS", logged_outcome::bypassed}, {"-", logged_outcome::unknown}};
  for (const auto& [word, outcome] : words) {
    BOOST_REQUIRE(!format.parse(word + " /x", entry));
    BOOST_TEST((entry.outcome == outcome), word);
  }
}

BOOST_AUTO_TEST_CASE(rules_make_keys_of_paths_as_the_application_does) {
  const request_keys keys({{"/product/{id}", "product:{id}"},
                           {R"(/search\?q={words*})", "search:{words}"},
                           {"/static/*", "{key}"}},
                          {"GET"});
  std::string room;
  const auto key_of = [&](std::string_view uri) {
    log_entry entry;
    entry.key = uri;
    return std::string{keys.key_of(entry, room).value_or("none")};
  };
  BOOST_TEST(key_of("/product/42") == "product:42");
  BOOST_TEST(key_of("/product/42?from=mail") == "product:42");
  BOOST_TEST(key_of("/product/a%20b%") == "product:a b%");
  BOOST_TEST(key_of("/product/42/reviews") == "none");
  BOOST_TEST(key_of("/search?q=warm+cache") == "search:warm+cache");
  BOOST_TEST(key_of("/static/a/b.css") == "/static/a/b.css");
}

BOOST_AUTO_TEST_CASE(methods_decide_what_a_read_is) {
  log_entry entry;
  entry.method = "POST";
  BOOST_TEST(!request_keys{}.is_read(entry));
  BOOST_TEST(request_keys({}, {"POST"}).is_read(entry));
  entry.status = 404;
  BOOST_TEST(!request_keys({}, {"POST"}).is_read(entry));
  entry.method = "";
  entry.status = 200;
  BOOST_TEST(request_keys{}.is_read(entry));
  BOOST_CHECK_THROW(request_keys({}, {}), error);
  BOOST_CHECK_THROW(request_keys({{"/{id", "x"}}, {"GET"}), error);
}

BOOST_AUTO_TEST_SUITE_END()
