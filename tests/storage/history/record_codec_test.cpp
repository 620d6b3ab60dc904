#include "storage/history/record_codec.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <msgpack.hpp>

#include "tests/storage/history/history_samples.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(record_codec_test)

namespace {

std::string encoded(const key_statistics& record, record_header header = {}) {
  std::string bytes;
  encode_record(header, record, bytes);
  return bytes;
}

// Header and revision of a record, to which a test adds a body of its own.
std::string without_body() {
  return encoded({}).substr(0, record_header_bytes);
}

template <class Pack>
std::string with_body(Pack pack) {
  msgpack::sbuffer body;
  msgpack::packer<msgpack::sbuffer> packer{body};
  pack(packer);
  return without_body() + std::string{body.data(), body.size()};
}

bool decodes(const std::string& bytes) {
  key_statistics ignored;
  return decode_record(bytes, ignored);
}

}  // namespace

BOOST_AUTO_TEST_CASE(records_come_back_as_they_were) {
  std::mt19937_64 random{1};
  for (int round = 0; round < 2000; ++round) {
    auto record = random_record(random);
    key_statistics decoded;
    BOOST_REQUIRE(decode_record(encoded(record), decoded));
    decoded.key = record.key;  // stands in the key alone
    BOOST_REQUIRE(same(record, decoded));
  }
}

BOOST_AUTO_TEST_CASE(the_header_comes_back_as_it_was) {
  record_header header;
  BOOST_REQUIRE(decode_header(encoded({}, {7, time_point{duration{-5}}}), header));
  BOOST_TEST(header.version == 7u);
  BOOST_TEST(header.written_at.time_since_epoch().count() == -5);
  BOOST_TEST(!decode_header("too short", header));
}

BOOST_AUTO_TEST_CASE(a_record_of_defaults_takes_18_bytes) {
  BOOST_TEST(encoded({}).size() == 18u);
}

BOOST_AUTO_TEST_CASE(the_bytes_are_those_that_are_written_down) {
  key_statistics record;
  record.count = 3;
  record.tags = {"a"};
  std::string expected{
      "\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\x01\x82\x01\x03\x0d\x91\xc4\x01"
      "a",
      25};
  BOOST_TEST((encoded(record, {1, time_point{duration{2}}}) == expected));
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_skipped) {
  auto bytes = with_body([](auto& pack) {
    pack.pack_map(2);
    pack.pack(1), pack.pack(42);
    pack.pack(99), pack.pack_array(2), pack.pack_nil(), pack.pack(std::string{"of a later Stoker"});
  });
  key_statistics decoded;
  BOOST_REQUIRE(decode_record(bytes, decoded));
  BOOST_TEST(decoded.count == 42u);
}

BOOST_AUTO_TEST_CASE(a_later_revision_is_refused) {
  auto bytes = encoded(sample_record("key"));
  bytes[record_header_bytes - 1] = record_revision + 1;
  BOOST_TEST(!decodes(bytes));
}

BOOST_AUTO_TEST_CASE(values_that_would_poison_statistics_are_refused) {
  for (double value :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1.0}) {
    for (int field : {3, 5, 6}) {
      auto bytes = with_body([&](auto& pack) { pack.pack_map(1), pack.pack(field), pack.pack(value); });
      BOOST_TEST(!decodes(bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_types_and_sizes_are_refused) {
  BOOST_TEST(!decodes(with_body([](auto& pack) { pack.pack(1); })));
  BOOST_TEST(!decodes(with_body([](auto& pack) { pack.pack_map(1), pack.pack(1), pack.pack(-1); })));
  BOOST_TEST(!decodes(with_body([](auto& pack) { pack.pack_map(1), pack.pack(7), pack.pack(1ull << 32); })));
  BOOST_TEST(!decodes(
      with_body([](auto& pack) { pack.pack_map(1), pack.pack(9), pack.pack_array(1), pack.pack(1); })));
  BOOST_TEST(!decodes(
      with_body([](auto& pack) { pack.pack_map(1), pack.pack(10), pack.pack_array(1), pack.pack(1); })));
  BOOST_TEST(!decodes(
      with_body([](auto& pack) { pack.pack_map(1), pack.pack(13), pack.pack_array(1), pack.pack(1); })));
  BOOST_TEST(!decodes(encoded(sample_record("key")) + "x"));
}

BOOST_AUTO_TEST_CASE(an_array_that_claims_to_be_huge_is_refused) {
  BOOST_TEST(!decodes(without_body() + "\x81\x0d\xdd\xff\xff\xff\xff"));
}

// Any change of any bytes must end in a record or in false.
BOOST_AUTO_TEST_CASE(damaged_bytes_never_crash_it) {
  std::mt19937_64 random{2};
  std::size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    auto bytes = encoded(random_record(random));
    for (auto changes = 1 + random() % 4; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    if (!decodes(bytes)) ++refused;
  }
  BOOST_TEST(refused > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
