#include "storage/history/history_keys.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/history/history_store.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(history_keys_test)

BOOST_AUTO_TEST_CASE(the_keys_are_those_that_are_written_down) {
  auto bucket = static_cast<char>(bucket_of("k"));
  BOOST_TEST((record_key("ab", "k") == std::string{"\x10\x00\x02"
                                                   "ab",
                                                   5} +
                                           bucket + "k"));
  BOOST_TEST((document_key(document_kind::schedule, "n") == "\x20\x01n"));
  BOOST_TEST((encode_format() == std::string{"STOK\0\0\0\1", 8}));
}

BOOST_AUTO_TEST_CASE(a_record_key_comes_apart_as_it_was_put_together) {
  std::string binary{"\x00\xff\x10", 3};
  auto whole = record_key(binary, binary);
  auto parts = parse_record_key(whole);
  BOOST_REQUIRE(parts);
  BOOST_TEST((parts->cache == binary));
  BOOST_TEST((parts->key == binary));
  BOOST_TEST(parts->bucket == bucket_of(binary));
}

BOOST_AUTO_TEST_CASE(what_is_no_record_key_does_not_come_apart) {
  BOOST_TEST(!parse_record_key(""));
  BOOST_TEST(!parse_record_key("\x10"));
  BOOST_TEST(!parse_record_key(document_key(document_kind::model, "name")));
  BOOST_TEST(!parse_record_key("\x10\x09\x09short"));
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_fit_is_refused) {
  BOOST_CHECK_THROW(cache_prefix(std::string(max_history_cache_name_bytes + 1, 'x')), error);
}

BOOST_AUTO_TEST_CASE(after_prefix_is_above_every_key_with_the_prefix) {
  BOOST_TEST((after_prefix("ab") == "ac"));
  BOOST_TEST((after_prefix("a\xff\xff") == "b"));
}

BOOST_AUTO_TEST_CASE(buckets_of_shards_part_all_keys_among_them) {
  for (std::uint32_t shards : {1u, 2u, 4u, 8u, 128u, 256u, 1024u}) {
    for (int n = 0; n < 500; ++n) {
      auto key = "key " + std::to_string(n);
      auto range = buckets_of_shard(static_cast<std::uint32_t>(hash_key(key) % shards), shards);
      BOOST_TEST(range.first <= bucket_of(key));
      BOOST_TEST(range.last >= bucket_of(key));
      BOOST_TEST(range.last - range.first + 1 == (shards > 256 ? 1 : 256 / static_cast<int>(shards)));
    }
  }
}

BOOST_AUTO_TEST_CASE(shards_that_are_no_power_of_two_read_all_buckets) {
  auto range = buckets_of_shard(1, 3);
  BOOST_TEST(range.first == 0x00);
  BOOST_TEST(range.last == 0xff);
}

BOOST_AUTO_TEST_CASE(a_format_record_says_its_version) {
  BOOST_TEST(decode_format(encode_format()).value() == history_format_version);
  BOOST_TEST(!decode_format("STOK"));
  BOOST_TEST(!decode_format("KOTS\0\0\0\1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
