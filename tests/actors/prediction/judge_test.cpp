#include <boost/test/unit_test.hpp>
#include <vector>

#include "actors/prediction/judge.hpp"
#include "tests/actors/prediction/traces.hpp"

using namespace stoker;
using namespace stoker::learning;

BOOST_AUTO_TEST_SUITE(judging)

namespace {

// A candidate comes true 10 requests later, as often as its track record says; else never.
float learned_probability(float truth, const track_record& record) {
  judge j(1024);
  testing::dice draw(9);
  key_facts facts;
  situation at;
  for (std::uint32_t now = 1; now < 30'000; now += 3) {
    at.now = now;
    j.advance(now, 200, 0, [](const question&, bool) {});
    const key_id key = now % 997;
    if (now > 30 && draw(1000) < static_cast<std::uint32_t>(truth * 1000))
      j.demanded((now - 9) % 997, now, 0);
    const auto opinion = j.judge_candidate(candidate_source::successor, record, at, 1, facts, key, facts);
    j.ask(opinion, candidate_source::successor, 1, key, true, now);
  }
  return j.judge_candidate(candidate_source::successor, record, at, 1, facts, 5000, facts).probability;
}

}  // namespace

BOOST_AUTO_TEST_CASE(learns_how_often_a_kind_of_candidate_comes_true) {
  BOOST_TEST(std::abs(learned_probability(0.8F, {10, 5, 3, 0, 0}) - 0.8F) < 0.1F);
  BOOST_TEST(std::abs(learned_probability(0.3F, {10, 5, 3, 0, 0}) - 0.3F) < 0.1F);
}

BOOST_AUTO_TEST_CASE(a_demand_sooner_than_a_prefetch_could_arrive_is_no_success) {
  judge j(1024);
  const key_facts facts;
  situation at;
  at.now = 10;
  bool useful = true;
  const auto opinion =
      j.judge_candidate(candidate_source::successor, {4, 2, 1, 0, 0}, at, 1, facts, 2, facts);
  j.ask(opinion, candidate_source::successor, 1, 2, true, 10);
  BOOST_TEST(j.demanded(2, 15, 20).expected);
  j.advance(500, 100, 20, [&](const question&, bool u) { useful = u; });
  BOOST_TEST(!useful);
}

namespace {

struct two_sources {
  float early = 0;
  float late = 0;
};

constexpr track_record early_record{10, 5, 3, 0, 0};
constexpr track_record late_record{3, 1, 1, 0, 0};

float logit_of(judge& j, const track_record& record, key_id source) {
  const key_facts facts;
  situation at;
  return j.judge_candidate(candidate_source::successor, record, at, source, facts, 5000, facts).logit;
}

// Of four candidates, an early source names all; a late one, worth a proposal, the two that are then demanded
// `wait` requests after it.
two_sources judged_in_turn(std::uint32_t wait, std::uint32_t delay) {
  judge j(1024);
  const key_facts facts;
  situation at;
  const auto speak = [&](const track_record& record, key_id source, key_id key, bool worth) {
    const auto opinion =
        j.judge_candidate(candidate_source::successor, record, at, source, facts, key, facts);
    j.ask(opinion, candidate_source::successor, source, key, worth, at.now);
  };
  const auto go = [&](std::uint32_t requests) {
    at.now += requests;
    j.advance(at.now, 300, delay, [](const question&, bool) {});
  };
  for (int round = 0; round < 2000; ++round) {
    for (key_id key = 0; key < 4; ++key) speak(early_record, 1, key, false);
    go(50);
    for (key_id key = 0; key < 2; ++key) speak(late_record, 2, key, true);
    go(wait);
    for (key_id key = 0; key < 2; ++key) j.demanded(key, at.now, delay);
    go(500);
  }
  return {logit_of(j, early_record, 1), logit_of(j, late_record, 2)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_source_earns_nothing_where_a_better_one_speaks_in_time) {
  const auto [early, late] = judged_in_turn(20, 0);
  BOOST_TEST(late > 2);
  BOOST_TEST(early < -1);  // what it named alone never came
}

BOOST_AUTO_TEST_CASE(a_source_earns_its_due_where_the_better_one_speaks_too_late) {
  const auto [early, late] = judged_in_turn(20, 40);
  BOOST_TEST(late < -2);
  BOOST_TEST(early > -1);
}

BOOST_AUTO_TEST_CASE(a_source_that_repeats_itself_is_asked_anew) {
  judge j(1024);
  const key_facts facts;
  situation at;
  for (at.now = 10; at.now < 40; at.now += 10) {
    const auto opinion = j.judge_candidate(candidate_source::successor, late_record, at, 1, facts, 2, facts);
    j.ask(opinion, candidate_source::successor, 1, 2, at.now != 20, at.now);
  }
  int overtaken = 0;
  int others = 0;
  j.advance(500, 100, 0, [&](const question& q, bool) { ++(q.overtaken() ? overtaken : others); });
  BOOST_TEST(overtaken == 1);
  BOOST_TEST(others == 1);
}

BOOST_AUTO_TEST_CASE(open_questions_stay_open_when_their_room_grows) {
  judge j(4);
  const key_facts facts;
  situation at;
  const auto ask = [&](key_id key) {
    const auto opinion =
        j.judge_candidate(candidate_source::successor, late_record, at, 1, facts, key, facts);
    j.ask(opinion, candidate_source::successor, 1, key, true, at.now);
  };
  for (key_id key = 10; key < 20; ++key) ask(key);
  j.grow_to(16);
  j.grow_to(8);  // no less
  for (key_id key = 20; key < 40; ++key) ask(key);
  for (const key_id key : {10U, 13U, 14U, 20U}) j.demanded(key, 5, 0);
  std::vector<key_id> useful;
  std::uint32_t closed = 0;
  j.advance(500, 100, 0, [&](const question& q, bool yes) {
    ++closed;
    if (yes) useful.push_back(q.key);
  });
  BOOST_TEST(closed == 16u);
  BOOST_TEST(useful == (std::vector<key_id>{10, 13, 20}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_evicted_prefetch_is_a_failure_even_when_the_key_is_demanded_later) {
  judge j(1024);
  const key_facts facts;
  situation at;
  const auto opinion =
      j.judge_candidate(candidate_source::successor, {4, 2, 1, 0, 0}, at, 1, facts, 2, facts);
  j.ask(opinion, candidate_source::successor, 1, 2, true, 10);
  j.missed_out(2);
  BOOST_TEST(!j.demanded(2, 30, 0).expected);
  int closed = 0;
  j.advance(500, 100, 0, [&](const question&, bool useful) {
    ++closed;
    BOOST_TEST(!useful);
  });
  BOOST_TEST(closed == 1);
}

BOOST_AUTO_TEST_SUITE_END()
