#include <boost/test/unit_test.hpp>

#include <string>

#include "storage/traces/byte_source.hpp"
#include "storage/traces/read_trace.hpp"
#include "storage/traces/write_trace.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(compression_test)

namespace {

using namespace stoker;
using test::read_bytes;
using test::temporary_folder;
using test::write_bytes;

// Long enough that compressed bytes fill several buffers.
trace sample(std::uint32_t accesses = 200'000) {
  trace t;
  for (std::uint32_t key = 0; key < 1000; ++key)
    t.keys.push_back("key \"" + std::to_string(key) + "\", of many\n");
  t.subject_names = {"first", "", "third,"};
  std::uint32_t state = 1;
  for (std::uint32_t i = 0; i < accesses; ++i) {
    state = state * 1664525u + 1013904223u;
    t.accesses.push_back(i < 1000 ? i : (state >> 16) % 1000);
    t.times.push_back(0.1 * i);
    t.sizes.push_back(state);
    t.subjects.push_back(i < 3 ? i : state % 3);
  }
  return t;
}

void check_equal(const trace& a, const trace& b) {
  BOOST_CHECK(a.keys == b.keys);
  BOOST_CHECK(a.accesses == b.accesses);
  BOOST_CHECK(a.times == b.times);
  BOOST_CHECK(a.sizes == b.sizes);
  BOOST_CHECK(a.subjects == b.subjects);
  BOOST_CHECK(a.subject_names == b.subject_names);
}

std::string error_of(const std::filesystem::path& file) {
  try {
    read_trace(file);
    return "no error";
  } catch (const trace_error& e) {
    return e.what();
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_plain_and_compressed) {
  const temporary_folder folder;
  const auto written = sample();
  for (const auto* name : {"t.csv", "t.csv.gz", "t.csv.zst"}) {
    BOOST_TEST_CONTEXT(name) {
      write_trace(folder.path() / name, written);
      check_equal(read_trace(folder.path() / name), written);
    }
  }
  BOOST_CHECK_EQUAL(read_bytes(folder.path() / "t.csv.gz").substr(0, 2), "\x1f\x8b");
  BOOST_CHECK_EQUAL(read_bytes(folder.path() / "t.csv.zst").substr(0, 4), "\x28\xb5\x2f\xfd");
  BOOST_CHECK_EQUAL(read_bytes(folder.path() / "t.csv").substr(0, 22), "time,size,key,subject\n");
}

BOOST_AUTO_TEST_CASE(a_trace_of_keys_alone_has_one_column) {
  const temporary_folder folder;
  const trace keys_only{.keys = {"a", "b"},
                        .accesses = {0, 1, 0},
                        .times = {},
                        .sizes = {},
                        .subjects = {},
                        .subject_names = {}};
  write_trace(folder.path() / "t.csv", keys_only);
  BOOST_CHECK_EQUAL(read_bytes(folder.path() / "t.csv"), "key\na\nb\na\n");
  check_equal(read_trace(folder.path() / "t.csv"), keys_only);
}

BOOST_AUTO_TEST_CASE(compression_shows_in_the_bytes_whatever_the_name) {
  const temporary_folder folder;
  const auto written = sample(2000);
  for (const auto* name : {"t.csv.gz", "t.csv.zst"}) {
    write_trace(folder.path() / name, written);
    std::filesystem::rename(folder.path() / name, folder.path() / "t.csv");
    check_equal(read_trace(folder.path() / "t.csv"), written);
  }
  write_bytes(folder.path() / "plain.txt.zst", "a\nb\n");
  BOOST_CHECK_EQUAL(read_trace(folder.path() / "plain.txt.zst").accesses.size(), 2u);
}

BOOST_AUTO_TEST_CASE(compressed_pieces_may_follow_one_another) {
  const temporary_folder folder;
  const trace one{
      .keys = {"a"}, .accesses = {0}, .times = {}, .sizes = {}, .subjects = {}, .subject_names = {}};
  for (const auto* name : {"t.gz", "t.zst"}) {
    write_trace(folder.path() / name, one);
    const auto bytes = read_bytes(folder.path() / name);
    write_bytes(folder.path() / name, bytes + bytes);
    BOOST_CHECK_EQUAL(read_trace(folder.path() / name).accesses.size(),
                      4u);  // as text: the header counts as a key
  }
}

BOOST_AUTO_TEST_CASE(bytes_cut_short_are_an_error_with_the_line_reached) {
  const temporary_folder folder;
  for (const auto* name : {"t.csv.gz", "t.csv.zst"}) {
    write_trace(folder.path() / name, sample());
    const auto bytes = read_bytes(folder.path() / name);
    for (const auto kept : {bytes.size() / 2, bytes.size() - 1, std::size_t{10}}) {
      write_bytes(folder.path() / name, bytes.substr(0, kept));
      const auto message = error_of(folder.path() / name);
      BOOST_CHECK_MESSAGE(message.find("data that ends too early") != std::string::npos, message);
      BOOST_CHECK_MESSAGE(message.starts_with((folder.path() / name).string() + ":"), message);
    }
  }
}

BOOST_AUTO_TEST_CASE(damaged_bytes_are_an_error) {
  const temporary_folder folder;
  for (const auto* name : {"t.csv.gz", "t.csv.zst"}) {
    write_trace(folder.path() / name, sample());
    auto bytes = read_bytes(folder.path() / name);
    for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 64; ++i) bytes[i] = '\x55';
    write_bytes(folder.path() / name, bytes);
    const auto message = error_of(folder.path() / name);
    BOOST_CHECK_MESSAGE(message.find(": expected ") != std::string::npos, message);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_created_is_named) {
  const temporary_folder folder;
  for (const auto* name : {"none/t.csv", "none/t.csv.gz", "none/t.csv.zst"}) {
    const auto file = folder.path() / name;
    BOOST_CHECK_EXCEPTION(write_trace(file, sample(1)), std::runtime_error, [&](const std::runtime_error& e) {
      return e.what() == file.string() + ": cannot be created: No such file or directory";
    });
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_of_the_writer) {
  if (!std::filesystem::exists("/dev/full")) {
    BOOST_TEST_MESSAGE("skipped: no /dev/full here");
    return;
  }
  BOOST_CHECK_THROW(write_trace("/dev/full", sample()), std::runtime_error);
  BOOST_CHECK(std::filesystem::exists("/dev/full"));
}

BOOST_AUTO_TEST_SUITE_END()
