// Snapshots as bytes: what is written comes back, and whatever is wrong is refused with its place.
#include "storage/snapshots/snapshot_codec.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <msgpack.hpp>
#include <random>

#include "messages/error.hpp"
#include "tests/storage/snapshots/snapshot_samples.hpp"

BOOST_AUTO_TEST_SUITE(snapshot_codec_test)

namespace {

using namespace stoker;
using namespace stoker::test;

constexpr std::size_t header_bytes = 32;

// The text of the refusal; empty: it was taken.
std::string refusal(std::string_view bytes) {
  try {
    decode_snapshot(bytes);
    return {};
  } catch (const error& wrong) {
    BOOST_TEST((wrong.code() == errc::invalid_argument));
    return wrong.what();
  }
}

void check_refused(std::string_view bytes, const std::string& because) {
  const auto text = refusal(bytes);
  BOOST_CHECK_MESSAGE(text.find(because) != std::string::npos,
                      "\"" << text << "\" says no \"" << because << '"');
}

// A snapshot of a body of one's own.
template <class Pack>
std::string of_body(Pack pack) {
  msgpack::sbuffer body;
  msgpack::packer<msgpack::sbuffer> to{body};
  pack(to);
  auto bytes = encode_snapshot({}).substr(0, header_bytes);
  bytes.append(body.data(), body.size());
  return resealed(bytes);
}

using packer = msgpack::packer<msgpack::sbuffer>;

void bin(packer& to, const std::string& bytes) {
  to.pack_bin(static_cast<std::uint32_t>(bytes.size()));
  to.pack_bin_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
}

void head(packer& to, std::uint64_t keys) {
  to.pack_array(3);
  bin(to, "pages");
  to.pack(std::uint64_t{1});
  to.pack(keys);
}

void key(packer& to, const std::string& name, double rate = 1.5) {
  to.pack_array(8);
  bin(to, name);
  to.pack(rate);
  for (int i = 0; i < 5; ++i) to.pack(std::uint64_t{1});
  to.pack_array(0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_encoded_comes_back) {
  for (const int keys : {0, 1, 1000}) {
    const auto hot = sample_hot_set(keys);
    BOOST_TEST(same(decode_snapshot(encode_snapshot(hot)), hot));
  }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_left_out) {
  auto hot = sample_hot_set(3);
  hot.keys.push_back(hot.keys.front());
  hot.keys.push_back({.key = ""});
  hot.keys.push_back({.key = std::string(100'000, 'k')});
  hot.keys.push_back({.key = "odd", .rate_per_hour = std::numeric_limits<double>::quiet_NaN()});
  hot.keys.back().tags.assign(2000, "t");
  const auto back = decode_snapshot(encode_snapshot(hot));
  BOOST_TEST_REQUIRE(back.keys.size() == 4u);
  BOOST_TEST(back.keys.back().rate_per_hour == 0);
  BOOST_TEST(back.keys.back().tags.size() == max_snapshot_tags);
}

BOOST_AUTO_TEST_CASE(the_format_is_the_documented_one) {
  hot_set hot;
  hot.cache = "c";
  hot.taken_at = time_point{duration{5}};
  hot.keys.push_back(
      {.key = "k", .rate_per_hour = 0.5, .count = 2, .ttl = duration{3}, .cost_us = 4, .bytes = 5});
  hot.keys.back().tags = {"t"};
  const auto bytes = encode_snapshot(hot);
  BOOST_TEST(bytes.substr(0, 8) == "STOKSNAP");
  BOOST_TEST(bytes.substr(8, 8) == std::string("\x01\0\0\0\0\0\0\0", 8));
  BOOST_TEST(bytes.substr(16, 8) == std::string("\x1c\0\0\0\0\0\0\0", 8));
  const std::string body{
      "\x93\xc4\x01"
      "c\x05\x01"
      "\x98\xc4\x01"
      "k\xcb\x3f\xe0\0\0\0\0\0\0\x02\0\x03\x04\x05\x91\xc4\x01"
      "t",
      28};
  BOOST_TEST(bytes.substr(32) == body);
}

BOOST_AUTO_TEST_CASE(a_header_that_is_wrong_is_refused) {
  const auto good = encode_snapshot(sample_hot_set(10));
  check_refused("", "byte 0: it does not begin");
  check_refused("GIF89a, or whatever else there is in files", "byte 0: it does not begin");
  check_refused(good.substr(0, 20), "byte 20: the header is cut off");
  check_refused(good.substr(0, good.size() - 1), "byte 16: its header says");
  check_refused(good + "x", "byte 16: its header says");
  auto other = good;
  other[8] = 9;
  check_refused(other, "of version 9, this program reads version 1");
  other = good;
  other[good.size() / 2] = static_cast<char>(other[good.size() / 2] ^ 1);
  check_refused(other, "byte 24: its checksum is another");
  other = good;
  other[13] = 1;
  check_refused(other, "byte 12: it must be 0");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_wrong_is_refused_with_the_place) {
  check_refused(of_body([](packer&) {}), "byte 32, head: the file ends here");
  check_refused(of_body([](packer& to) { to.pack(std::uint64_t{7}); }), "byte 32, head: it is no array");
  check_refused(of_body([](packer& to) { head(to, 1); }), "key 0: the file ends here");
  check_refused(of_body([](packer& to) { head(to, 0), to.pack(std::uint64_t{1}); }),
                "after the last key: there is more");
  check_refused(of_body([](packer& to) { head(to, 20'000'000); }), "head: the number of keys is above");
  check_refused(of_body([](packer& to) { head(to, 2), key(to, "a"), key(to, "a"); }),
                "key 1: the key stands here for the second time");
  check_refused(of_body([](packer& to) { head(to, 1), key(to, ""); }), "key 0: the key is empty or too long");
  check_refused(of_body([](packer& to) { head(to, 1), key(to, "a", -1.5); }), "the rate is negative");
  check_refused(
      of_body([](packer& to) { head(to, 1), key(to, "a", std::numeric_limits<double>::infinity()); }),
      "the rate is negative or not finite");
  check_refused(of_body([](packer& to) { head(to, 1), to.pack_array(2), bin(to, "a"), to.pack(1); }),
                "an array of 2 elements, expected 8");
}

BOOST_AUTO_TEST_CASE(false_lengths_and_deep_nesting_cost_nothing) {
  const auto claims = [](const std::string& raw) {
    auto bytes = of_body([](packer& to) { head(to, 1); });
    return resealed(bytes + raw);
  };
  check_refused(claims("\xdd\xff\xff\xff\xff"), "larger or deeper than any may be");  // an array of 4 billion
  check_refused(claims("\xdf\xff\xff\xff\xff"), "larger or deeper than any may be");  // a map
  check_refused(claims("\x98\xc6\xff\xff\xff\xff"), "it is cut off");                 // bytes of 4 GiB
  check_refused(claims("\x98\xdb\xff\xff\xff\xff"), "it is cut off");                 // a text
  check_refused(claims(std::string(100'000, '\x91')), "larger or deeper than any may be");
  check_refused(claims("\xc1"), "it is no msgpack");
  check_refused(claims("\x98\xc4\x05"
                       "ab"),
                "it is cut off");
}

BOOST_AUTO_TEST_CASE(elements_of_later_versions_are_passed_over) {
  const auto bytes = of_body([](packer& to) {
    to.pack_array(4);
    bin(to, "pages");
    to.pack(std::uint64_t{1});
    to.pack(std::uint64_t{1});
    to.pack(true);
    to.pack_array(9);
    bin(to, "a");
    to.pack(1.5);
    for (int i = 0; i < 5; ++i) to.pack(std::uint64_t{1});
    to.pack_array(0);
    to.pack_nil();
  });
  BOOST_TEST(decode_snapshot(bytes).keys.front().key == "a");
}

// A snapshot whose bytes were changed is refused, or is what somebody who can compute a checksum may write:
// one that encodes to itself again. Nothing else happens.
BOOST_AUTO_TEST_CASE(no_change_of_bytes_does_any_harm) {
  std::mt19937 random{20261127};
  const auto good = encode_snapshot(sample_hot_set(40));
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  };
  std::size_t refused = 0;
  std::size_t taken = 0;
  constexpr int rounds = 20'000;
  for (int round = 0; round < rounds; ++round) {
    auto bytes = good;
    for (auto changes = 1 + below(4); changes-- > 0;) {
      const auto at = below(bytes.size());
      switch (below(5)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
          break;
        case 2:
          bytes.erase(at, 1 + below(20));
          break;
        case 3:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(50)));
          break;
        default:
          bytes.resize(at);
          break;
      }
      if (bytes.empty()) bytes.push_back('x');
    }
    const bool sealed = below(2) == 0;
    if (sealed) bytes = resealed(bytes);
    try {
      const auto hot = decode_snapshot(bytes);
      BOOST_TEST_REQUIRE((sealed || bytes == good));
      BOOST_TEST_REQUIRE(same(decode_snapshot(encode_snapshot(hot)), hot));
      ++taken;
    } catch (const error& wrong) {
      BOOST_TEST_REQUIRE(std::string{wrong.what()}.find("byte ") != std::string::npos);
      ++refused;
    }
  }
  BOOST_TEST(refused > static_cast<std::size_t>(rounds / 2));
  BOOST_TEST(taken > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
