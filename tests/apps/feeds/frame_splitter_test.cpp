#include "apps/feeds/frame_splitter.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "messages/access_frame.hpp"

BOOST_AUTO_TEST_SUITE(frame_splitter_test)

namespace {

using namespace stoker;

std::string framed(const std::string& body) {
  const auto size = static_cast<std::uint32_t>(body.size());
  std::string frame;
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
  return frame + body;
}

}  // namespace

BOOST_AUTO_TEST_CASE(frames_come_out_whole_however_they_arrive) {
  std::mt19937 random{3};
  std::vector<std::string> bodies;
  std::string all;
  for (int i = 0; i < 200; ++i) {
    bodies.emplace_back(1 + random() % 3000, static_cast<char>('a' + i % 26));
    all += framed(bodies.back());
  }
  feeds::frame_splitter frames;
  std::vector<std::string> found;
  for (std::size_t at = 0; at < all.size();) {
    const auto size = std::min<std::size_t>(1 + random() % 5000, all.size() - at);
    frames.feed(std::string_view{all}.substr(at, size));
    at += size;
    while (const auto body = frames.next()) found.emplace_back(*body);
  }
  BOOST_TEST(found == bodies, boost::test_tools::per_element());
  BOOST_TEST(!frames.in_frame());
  BOOST_TEST(frames.problem() == "");
}

BOOST_AUTO_TEST_CASE(a_length_that_is_none_is_a_problem_at_once) {
  for (const auto& header : {std::string(4, '\0'), std::string("\x00\x10\x00\x01", 4), std::string("GET ")}) {
    feeds::frame_splitter frames;
    frames.feed(header);
    BOOST_TEST(!frames.next());
    BOOST_TEST(frames.problem().find("1 to 1048576 are possible") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_frame_that_has_begun_is_known) {
  feeds::frame_splitter frames;
  frames.feed(framed("body").substr(0, 6));
  BOOST_TEST(!frames.next());
  BOOST_TEST(frames.in_frame());
}

BOOST_AUTO_TEST_SUITE_END()
