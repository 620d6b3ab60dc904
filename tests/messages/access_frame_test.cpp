#include "messages/access_frame.hpp"

#include <boost/test/unit_test.hpp>
#include <msgpack.hpp>
#include <random>

#include "messages/key.hpp"

BOOST_AUTO_TEST_SUITE(access_frame_test)

namespace {

using namespace stoker;

std::string body_of(const std::string& frame) {
  return frame.substr(frame_header_bytes);
}

// A body packed by hand.
template <class Pack>
std::string packed(Pack pack) {
  msgpack::sbuffer buffer;
  msgpack::packer packer{buffer};
  pack(packer);
  return {buffer.data(), buffer.size()};
}

void check_refused(const std::string& body, const std::string& part) {
  frame_content content;
  const auto problem = decode_frame_body(body, content);
  BOOST_REQUIRE_MESSAGE(problem, "was taken: expected a problem with " << part);
  BOOST_CHECK_MESSAGE(problem->find(part) != std::string::npos, *problem);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_encoded_is_decoded) {
  const std::vector<reported_access> accesses{
      {"plain", access_outcome::hit, 0, 0},
      {"miss", access_outcome::miss, 17, 4000},
      {"whose", access_outcome::hit, 1, 2, 0, "ann", "forms"},
  };
  const auto frame = encode_frame(accesses, "bob");
  BOOST_TEST(frame_body_bytes(frame) == frame.size() - frame_header_bytes);
  const auto body = body_of(frame);
  frame_content content;
  BOOST_REQUIRE(!decode_frame_body(body, content));
  BOOST_REQUIRE(content.accesses.size() == 3u);
  BOOST_TEST(content.accesses[0].key == "plain");
  BOOST_TEST(content.accesses[0].subject == "bob");
  BOOST_TEST((content.accesses[1].outcome == access_outcome::miss));
  BOOST_TEST(content.accesses[1].bytes == 17u);
  BOOST_TEST(content.accesses[1].cost_us == 4000u);
  BOOST_TEST(content.accesses[2].subject == "ann");
  BOOST_TEST(content.accesses[2].kind == "forms");
  BOOST_TEST(content.outcome_unknown.empty());
}

BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_the_document) {
  // [1, ["a", ["b", false]]]
  const std::string frame = encode_frame({});
  BOOST_TEST(frame == std::string("\x00\x00\x00\x03\x92\x01\x90", 7));
  frame_content content;
  BOOST_REQUIRE(
      !decode_frame_body("\x92\x01\x92\xa1"
                         "a\x92\xa1"
                         "b\xc2",
                         content));
  BOOST_REQUIRE(content.accesses.size() == 2u);
  BOOST_TEST(content.accesses[0].key == "a");
  BOOST_TEST((content.accesses[1].outcome == access_outcome::miss));
  BOOST_TEST(content.outcome_unknown == std::vector<std::uint32_t>{0}, boost::test_tools::per_element());
}

// The example of apps/feeds/README.md.
BOOST_AUTO_TEST_CASE(the_documented_example_is_three_accesses) {
  constexpr unsigned char example[] = {0x00, 0x00, 0x00, 0x19, 0x92, 0x01, 0x93, 0x92, 0xa1, 0x61,
                                       0xc3, 0x94, 0xa1, 0x62, 0xc2, 0xc0, 0xcd, 0x0f, 0xa0, 0x95,
                                       0xa1, 0x61, 0xc3, 0xc0, 0xc0, 0xa3, 0x61, 0x6e, 0x6e};
  const std::string frame{std::begin(example), std::end(example)};
  BOOST_TEST(frame_body_bytes(frame) == frame.size() - frame_header_bytes);
  const auto body = body_of(frame);
  frame_content content;
  BOOST_REQUIRE(!decode_frame_body(body, content));
  BOOST_REQUIRE(content.accesses.size() == 3u);
  BOOST_TEST(content.accesses[1].cost_us == 4000u);
  BOOST_TEST((content.accesses[1].outcome == access_outcome::miss));
  BOOST_TEST(content.accesses[2].subject == "ann");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_nil) {
  const auto body = packed([](auto& pack) {
    pack.pack_array(3);
    pack.pack(1);
    pack.pack_array(1);
    pack.pack_array(6);
    pack.pack("k");
    for (int i = 0; i < 5; ++i) pack.pack_nil();
    pack.pack_nil();
  });
  frame_content content;
  BOOST_REQUIRE(!decode_frame_body(body, content));
  BOOST_TEST(content.accesses.at(0).key == "k");
  BOOST_TEST(content.outcome_unknown.size() == 1u);
}

BOOST_AUTO_TEST_CASE(sizes_beyond_four_gigabytes_count_as_that) {
  const auto body = packed([](auto& pack) {
    pack.pack_array(2);
    pack.pack(1);
    pack.pack_array(1);
    pack.pack_array(3);
    pack.pack("k");
    pack.pack(true);
    pack.pack(std::uint64_t{1} << 40);
  });
  frame_content content;
  BOOST_REQUIRE(!decode_frame_body(body, content));
  BOOST_TEST(content.accesses.at(0).bytes == UINT32_MAX);
}

BOOST_AUTO_TEST_CASE(whatever_else_is_refused_with_a_reason) {
  check_refused("", "too early");
  check_refused("\xc1", "no msgpack");
  check_refused("\x92\x01", "too early");
  check_refused("\x91\x01", "[version, accesses]");
  check_refused("\x92\x02\x90", "version 2");
  check_refused("\x92\x90\x90", "second place");
  check_refused(std::string("\x92\x01\x90\x00", 4), "after the end");
  check_refused("\x92\x01\x81\xa1k\xc3", "map");
  check_refused("\x92\x01\x91\xa0", "key of 0 bytes");
  check_refused("\x92\x01\x91\x92\xa1k\xff", "negative");
  check_refused("\x92\x01\x91\x92\xa1k\xa1k", "number or a boolean");
  check_refused("\x92\x01\x91\x91\x91\xa1k", "array where none");
  check_refused("\x92\x01\x91\x91\xc0", "nil");
  check_refused(std::string("\x92\x01\xdd\xff\xff\xff\xff", 7), "more accesses");
  check_refused(std::string("\x92\x01\x91\xdb\xff\xff\xff\xff", 8), "too early");
  check_refused("\xa5hello", "text where none");
  check_refused(packed([](auto& pack) {
                  pack.pack_array(2);
                  pack.pack(1);
                  pack.pack_array(1);
                  pack.pack(std::string(max_key_bytes + 1, 'x'));
                }),
                "key of 65537 bytes");
  check_refused(packed([](auto& pack) {
                  pack.pack_array(3);
                  pack.pack(1);
                  pack.pack_array(0);
                  pack.pack(std::string(max_frame_name_bytes + 1, 'x'));
                }),
                "subject or kind of 1025 bytes");
}

BOOST_AUTO_TEST_CASE(damaged_bodies_are_refused_or_decoded_within_their_bytes) {
  const std::string whole = body_of(encode_frame({{"alpha", access_outcome::hit, 10, 20, 0, "ann", "kind"},
                                                  {"beta", access_outcome::miss},
                                                  {std::string_view{"\0gamma", 6}, access_outcome::hit}},
                                                 "bob"));
  std::mt19937 random{17};
  frame_content content;
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = whole;
    for (unsigned i = 0, edits = 1 + random() % 3; i < edits; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    if (decode_frame_body(damaged, content)) continue;
    ++taken;
    for (const auto& one : content.accesses) {
      BOOST_REQUIRE(!one.key.empty());
      BOOST_REQUIRE(one.key.data() >= damaged.data());
      BOOST_REQUIRE(one.key.data() + one.key.size() <= damaged.data() + damaged.size());
    }
  }
  BOOST_TEST(taken > 0u);
  BOOST_TEST(taken < 20'000u);
}

BOOST_AUTO_TEST_SUITE_END()
