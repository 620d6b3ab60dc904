// The recent keys of subjects, against a list that is kept in order.
#include "actors/tracking/subject_table.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "messages/key.hpp"

using namespace stoker;

namespace subject_table_test {

constexpr std::size_t keys_kept = 5;

struct plain_key {
  std::string kind;
  std::string key;
  time_point at;
};

void add(std::vector<plain_key>& keys, const plain_key& one) {
  std::erase_if(keys, [&](const plain_key& each) { return each.kind == one.kind && each.key == one.key; });
  keys.insert(keys.begin(), one);
  if (keys.size() > keys_kept) keys.pop_back();
}

}  // namespace subject_table_test

BOOST_AUTO_TEST_SUITE(subject_table_test)

BOOST_AUTO_TEST_CASE(a_subjects_recent_keys_are_those_of_a_list_in_order) {
  subject_table table{100, keys_kept};
  std::map<std::string, std::vector<plain_key>> model;
  std::mt19937 random{3};
  time_point now{};
  for (int i = 0; i < 20'000; ++i) {
    const auto subject = "subject " + std::to_string(random() % 20);
    const plain_key one{random() % 3 == 0 ? "" : "kind " + std::to_string(random() % 2),
                        "key " + std::to_string(random() % 8), now += std::chrono::seconds{1}};
    table.add(1, subject, one.kind, one.key, hash_key(one.key), one.at);
    add(model[subject], one);
    const auto recent = table.recent(1, subject, {}, {}, 10);
    BOOST_REQUIRE_EQUAL(recent.size(), model[subject].size());
    for (std::size_t k = 0; k < recent.size(); ++k) {
      BOOST_REQUIRE_EQUAL(recent[k].key, model[subject][k].key);
      BOOST_REQUIRE_EQUAL(recent[k].kind, model[subject][k].kind);
      BOOST_REQUIRE(recent[k].last_access == model[subject][k].at);
    }
  }
}

// Whether two are the same is never left to their hashes.
BOOST_AUTO_TEST_CASE(keys_of_one_hash_are_told_apart) {
  subject_table table{10, keys_kept};
  for (const auto* key : {"a", "b", "a"}) table.add(0, "s", "", key, 7, time_point{});
  const auto recent = table.recent(0, "s", {}, {}, 10);
  BOOST_REQUIRE_EQUAL(recent.size(), 2u);
  BOOST_TEST(recent[0].key == "a");
  BOOST_TEST(recent[1].key == "b");
}

BOOST_AUTO_TEST_CASE(the_subject_seen_longest_ago_makes_room) {
  subject_table table{2, keys_kept};
  for (const auto* subject : {"a", "b", "a", "c"})
    table.add(0, subject, "", "k", hash_key("k"), time_point{});
  BOOST_TEST(table.size() == 2u);
  BOOST_TEST(table.recent(0, "b", {}, {}, 1).empty());
  BOOST_TEST(!table.recent(0, "a", {}, {}, 1).empty());
  BOOST_TEST(table.recent(1, "a", {}, {}, 1).empty());  // of another cache
}

BOOST_AUTO_TEST_SUITE_END()
