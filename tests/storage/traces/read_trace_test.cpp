#include "storage/traces/read_trace.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "storage/traces/byte_source.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(read_trace_test)

namespace {

using namespace std::string_literals;
using namespace stoker;

trace read(std::string bytes, const std::string& name = "t", const trace_limits& limits = {}) {
  return read_trace(from_memory(std::move(bytes)), name, limits);
}

std::vector<std::string> keys_in_order(const trace& t) {
  std::vector<std::string> keys;
  for (const auto id : t.accesses) keys.push_back(t.keys[id]);
  return keys;
}

void check_keys(const trace& t, const std::vector<std::string>& expected) {
  const auto keys = keys_in_order(t);
  BOOST_CHECK_EQUAL_COLLECTIONS(keys.begin(), keys.end(), expected.begin(), expected.end());
}

void check_fails(std::string bytes, const std::string& message, const std::string& name = "t",
                 const trace_limits& limits = {}) {
  try {
    read(std::move(bytes), name, limits);
    BOOST_ERROR("read without an error; expected: " + message);
  } catch (const trace_error& e) {
    BOOST_CHECK_EQUAL(e.what(), message);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(text_is_one_key_a_line) {
  const auto t = read("a\nb,c d\na\n");
  check_keys(t, {"a", "b,c d", "a"});
  BOOST_CHECK_EQUAL(t.keys.size(), 2u);
  BOOST_CHECK(t.times.empty() && t.sizes.empty() && t.subjects.empty());
}

BOOST_AUTO_TEST_CASE(a_last_line_may_lack_its_line_feed) {
  check_keys(read("a\nb"), {"a", "b"});
}

BOOST_AUTO_TEST_CASE(lines_may_end_in_carriage_return_and_line_feed) {
  check_keys(read("a\r\nb\r\n"), {"a", "b"});
  const auto t = read("key,time\r\na,1\r\n", "t.csv");
  check_keys(t, {"a"});
  BOOST_CHECK_EQUAL(t.times.at(0), 1.0);
}

BOOST_AUTO_TEST_CASE(csv_columns_come_in_any_order_and_unknown_ones_are_skipped) {
  const auto t =
      read("op,subject,key,size,time\nget,u1,a,10,0.5\nget,u2,b,20,1e1\nget,u1,a,5000000000,3\n", "t.csv");
  check_keys(t, {"a", "b", "a"});
  const std::vector<double> times{0.5, 10, 3};
  BOOST_TEST(t.times == times, boost::test_tools::per_element());
  const std::vector<std::uint32_t> sizes{10, 20, UINT32_MAX}, subjects{0, 1, 0};
  BOOST_TEST(t.sizes == sizes, boost::test_tools::per_element());
  BOOST_TEST(t.subjects == subjects, boost::test_tools::per_element());
  BOOST_CHECK_EQUAL(t.subject_names.at(1), "u2");
}

BOOST_AUTO_TEST_CASE(a_header_shows_in_the_first_line_whatever_the_name) {
  check_keys(read("time,key\n1,a\n", "t.txt"), {"a"});
  check_keys(read("time,keys\n1,a\n", "t"), {"time,keys", "1,a"});
  check_keys(read("key\na\n", "t"), {"key", "a"});
  check_keys(read("key\na\n", "t.csv.zst"), {"a"});
}

BOOST_AUTO_TEST_CASE(quoted_fields_hold_commas_quotes_line_ends_and_nul) {
  check_keys(read("key,time\n\"a,b\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n\"nul\0\",4\n"s),
             {"a,b", "say \"hi\"", "two\nlines", "nul\0"s});
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_not_part_of_the_first_key) {
  check_keys(read("\xef\xbb\xbf"
                  "a\nb\n"),
             {"a", "b"});
  check_keys(read("\xef\xbb\xbf"
                  "key,time\na,1\n"),
             {"a"});
}

BOOST_AUTO_TEST_CASE(time_may_run_backwards_and_order_is_line_order) {
  const auto t = read("time,key\n5,a\n3,b\n-1,c\n");
  check_keys(t, {"a", "b", "c"});
  BOOST_CHECK_EQUAL(t.times.at(2), -1.0);
}

BOOST_AUTO_TEST_CASE(a_header_alone_is_a_trace_without_accesses) {
  const auto t = read("time,key\n");
  BOOST_CHECK(t.accesses.empty() && t.keys.empty());
}

BOOST_AUTO_TEST_CASE(blank_lines_may_stand_at_the_end_only) {
  check_keys(read("a\n\n\r\n"), {"a"});
  check_keys(read("time,key\n1,a\n\n", "t.csv"), {"a"});
  check_fails("a\n\nb\n", "t:2: expected a key, found an empty line");
  check_fails("time,key\n1,a\n\n2,b\n", "t:3: expected a record, found an empty line");
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_an_error) {
  check_fails("", "t:1: expected a key or a CSV header, found an empty file");
}

BOOST_AUTO_TEST_CASE(a_csv_without_a_key_column_is_an_error) {
  check_fails("time,size\n1,2\n", "t.csv:1: expected a CSV header with the column key, found 'time,size'",
              "t.csv");
}

BOOST_AUTO_TEST_CASE(a_column_that_stands_twice_is_an_error) {
  check_fails("key,time,key\na,1,b\n", "t:1: expected each column once, found two columns 'key'");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_name_line_and_text) {
  check_fails("time,key\n1,a\nnoon,b\n", "t:3: expected a time in seconds, found 'noon'");
  check_fails("time,key\ninf,a\n", "t:2: expected a time in seconds, found 'inf'");
  check_fails("time,key\n,a\n", "t:2: expected a time in seconds, found ''");
  check_fails("size,key\n-1,a\n", "t:2: expected a size in bytes, found '-1'");
  check_fails("size,key\n12kB,a\n", "t:2: expected a size in bytes, found '12kB'");
}

BOOST_AUTO_TEST_CASE(a_record_of_the_wrong_width_is_an_error) {
  check_fails("time,key\n1,a\n2\n", "t:3: expected 2 fields, found 1");
  check_fails("time,key\n1,a,b\n", "t:2: expected 2 fields, found 3");
}

BOOST_AUTO_TEST_CASE(line_numbers_count_the_lines_inside_quotes) {
  check_fails("time,key\n1,\"a\nb\"\nx,c\n", "t:4: expected a time in seconds, found 'x'");
}

BOOST_AUTO_TEST_CASE(misplaced_quotes_are_errors) {
  check_fails("time,key\n1,a\"b\"\n",
              "t:2: expected fields as RFC 4180 writes them, found a quote inside a field");
  check_fails("time,key\n1,\"a\"b\n",
              "t:2: expected fields as RFC 4180 writes them, found a quote inside a field");
  check_fails("time,key\n1,\"a\n2,b\n", "t:2: expected a closing quote, found the end of the file");
}

BOOST_AUTO_TEST_CASE(an_empty_key_is_an_error) {
  check_fails("time,key\n1,\n", "t:2: expected a key, found an empty field");
  check_fails("time,key\n1,\"\"\n", "t:2: expected a key, found an empty field");
}

BOOST_AUTO_TEST_CASE(nul_bytes_outside_quotes_are_errors) {
  check_fails("a\nb\0c\n"s, "t:2: expected text, one key a line, found a NUL byte");
  check_fails("time,key\n1,\0\n"s,
              "t:2: expected a key in quotes where it holds such bytes, found a NUL byte");
}

BOOST_AUTO_TEST_CASE(errors_show_a_short_and_printable_part_of_what_was_found) {
  check_fails("time,key\n\x01" + std::string(100, '9') + "x,a\n",
              "t:2: expected a time in seconds, found '\\x01" + std::string(39, '9') + "...'");
}

BOOST_AUTO_TEST_CASE(a_long_line_is_an_error) {
  const trace_limits limits{.record_bytes = 8};
  check_keys(read("12345678\n", "t", limits), {"12345678"});
  check_fails("a\n123456789\n", "t:2: expected a line of at most 8 bytes, found a longer one", "t", limits);
  check_fails("a,key\n1,\"\n\n\n\n\n\n\"\n",
              "t.csv:2: expected a line of at most 8 bytes, found a longer one", "t.csv", limits);
  const std::string huge(1 << 20, 'x');
  check_fails("a\n" + huge, "t:2: expected a line of at most 262144 bytes, found a longer one");
}

BOOST_AUTO_TEST_CASE(a_long_key_is_an_error) {
  check_keys(read(std::string(max_key_bytes, 'k')), {std::string(max_key_bytes, 'k')});
  check_fails(std::string(max_key_bytes + 1, 'k'),
              "t:1: expected a key of at most 65536 bytes, found 65537 bytes");
}

BOOST_AUTO_TEST_CASE(more_accesses_than_allowed_are_an_error) {
  check_fails("a\nb\nc\n", "t:3: expected at most 2 accesses, found more", "t", {.accesses = 2});
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_an_error_without_a_line) {
  const test::temporary_folder folder;
  const auto missing = folder.path() / "missing";
  try {
    read_trace(missing);
    BOOST_ERROR("read a file that is not there");
  } catch (const trace_error& e) {
    BOOST_CHECK_EQUAL(e.line(), 0u);
    BOOST_CHECK_EQUAL(e.what(), missing.string() + ": cannot be opened: No such file or directory");
  }
  BOOST_CHECK_THROW(read_trace(folder.path()), trace_error);
}

BOOST_AUTO_TEST_CASE(malformed_lines_can_be_skipped_and_are_counted) {
  trace_limits skipping;
  skipping.skip_malformed = true;
  const auto csv =
      read("time,key,size\n1,a,1\nnoon,b,1\n2,b,1,1\n\n3,,1\n4,\"c\"x,1\n5,d,-1\n6,e,7\n", "t", skipping);
  check_keys(csv, {"a", "e"});
  BOOST_TEST(csv.malformed == 5u);
  BOOST_TEST(csv.times.size() == 2u);
  BOOST_TEST(csv.sizes.at(1) == 7u);
  const auto text = read("a\n\nb\0c\nd\n"s, "t", skipping);
  check_keys(text, {"a", "d"});
  BOOST_TEST(text.malformed == 1u);
}

BOOST_AUTO_TEST_CASE(what_breaks_a_file_as_a_whole_is_never_skipped) {
  trace_limits skipping;
  skipping.skip_malformed = true;
  check_fails("", "t:1: expected a key or a CSV header, found an empty file", "t", skipping);
  check_fails("time,key\n1,\"a\n", "t:2: expected a closing quote, found the end of the file", "t", skipping);
  check_fails("name\nb\n", "t.csv:1: expected a CSV header with the column key, found 'name'", "t.csv",
              skipping);
}

BOOST_AUTO_TEST_SUITE_END()
