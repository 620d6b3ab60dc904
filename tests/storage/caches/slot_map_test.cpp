// Where a Redis Cluster's keys are: slots, maps of them, and what nodes say.
#include <boost/test/unit_test.hpp>

#include "storage/caches/redis/cluster_replies.hpp"
#include "storage/caches/redis/redis_info.hpp"
#include "storage/caches/remote/shard_watch.hpp"

namespace stoker::test {

namespace slot_map_test {

// The reply that these bytes are.
template <class Check>
void with_reply(std::string_view bytes, Check check) {
  bool seen = false;
  reply_reader reader{1, [&](std::size_t, const redisReply& reply) {
                        seen = true;
                        check(reply);
                      }};
  reader.feed(bytes);
  BOOST_TEST(seen);
}

std::string primary(const slot_map& map, std::uint16_t slot) {
  const auto owner = map.owner(slot);
  return owner ? map.shards()[*owner].primary : "nobody";
}

shard_watch::look shard(std::uint64_t mark, std::string holder, std::string process, std::uint64_t flushes,
                        std::uint64_t entries) {
  return {mark, std::move(holder), {std::move(process), flushes, entries}};
}

}  // namespace slot_map_test

BOOST_AUTO_TEST_SUITE(slot_map_test)

// 31C3 for "123456789" is the specification's own check of its CRC16; the others were asked of a Redis server
// (CLUSTER KEYSLOT).
BOOST_AUTO_TEST_CASE(slots_are_those_that_redis_counts) {
  BOOST_TEST(key_slot("123456789") == 0x31c3);
  BOOST_TEST(key_slot("") == 0);
  BOOST_TEST(key_slot("foo") == 12182);
  BOOST_TEST(key_slot("bar") == 5061);
  BOOST_TEST(key_slot("hello") == 866);
}

BOOST_AUTO_TEST_CASE(the_first_tag_that_is_not_empty_decides) {
  BOOST_TEST(key_slot("{user1000}.following") == key_slot("user1000"));
  BOOST_TEST(key_slot("{user1000}.followers") == key_slot("user1000"));
  BOOST_TEST(key_slot("a{foo}b{bar}") == key_slot("foo"));
  BOOST_TEST(key_slot("foo{{bar}}zap") == key_slot("{bar"));
  BOOST_TEST(key_slot("foo{bar}{zap}") == key_slot("bar"));
  BOOST_TEST(key_slot("foo{}{bar}") == 8363);  // an empty tag is none, and no second one counts
  BOOST_TEST(key_slot("{open") != key_slot("open"));
}

BOOST_AUTO_TEST_CASE(a_map_tells_who_serves_a_slot) {
  slot_map map;
  BOOST_TEST(map.empty());
  BOOST_TEST(primary(map, 0) == "nobody");
  map.replace({{0, 99, "a:1", {"r:1"}}, {100, 199, "b:1"}, {200, 299, "a:1", {"r:1"}}});
  BOOST_TEST(primary(map, 0) == "a:1");
  BOOST_TEST(primary(map, 99) == "a:1");
  BOOST_TEST(primary(map, 100) == "b:1");
  BOOST_TEST(primary(map, 250) == "a:1");
  BOOST_TEST(primary(map, 300) == "nobody");
  BOOST_TEST_REQUIRE(map.shards().size() == 2u);
  BOOST_TEST(map.shards()[0].slots == 200);
  BOOST_TEST(map.shards()[0].replicas.size() == 1u);
  map.replace({{0, slot_count - 1, "c:1"}});
  BOOST_TEST(primary(map, slot_count - 1) == "c:1");
  BOOST_TEST(map.shards().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_slot_that_moved_is_anothers) {
  slot_map map;
  map.replace({{0, 99, "a:1"}, {100, 199, "b:1"}});
  BOOST_TEST(map.move(5, "b:1"));
  BOOST_TEST(!map.move(5, "b:1"));
  BOOST_TEST(map.move(6, "new:1"));
  BOOST_TEST(map.move(7000, "new:1"));
  BOOST_TEST(!map.move(slot_count, "a:1"));
  BOOST_TEST(!map.move(8, ""));
  BOOST_TEST(primary(map, 4) == "a:1");
  BOOST_TEST(primary(map, 5) == "b:1");
  BOOST_TEST(primary(map, 6) == "new:1");
  BOOST_TEST(primary(map, 7000) == "new:1");
  BOOST_TEST(map.shards()[0].slots == 98);
  BOOST_TEST(map.shards()[1].slots == 101);
}

BOOST_AUTO_TEST_CASE(any_number_of_moves_keeps_the_map_bounded) {
  slot_map map;
  for (int i = 0; i < 40'000; ++i)
    map.move(static_cast<std::uint16_t>(i % slot_count), "n:" + std::to_string(i));
  BOOST_TEST(map.shards().size() <= slot_count + 1u);
  BOOST_TEST(primary(map, 39'999 % slot_count) == "n:39999");
}

BOOST_AUTO_TEST_CASE(the_same_slots_have_the_same_mark_whoever_holds_them) {
  slot_map before, after, moved;
  before.replace({{0, 99, "a:1"}, {100, 199, "b:1"}});
  after.replace({{100, 199, "b:1"}, {0, 99, "replica of a:1"}});
  moved.replace({{0, 100, "a:1"}, {101, 199, "b:1"}});
  BOOST_TEST(before.shards()[0].slots_mark == after.shards()[1].slots_mark);
  BOOST_TEST(before.shards()[0].slots_mark != before.shards()[1].slots_mark);
  BOOST_TEST(before.shards()[0].slots_mark != moved.shards()[0].slots_mark);
}

BOOST_AUTO_TEST_CASE(ranges_that_are_none_are_left_out) {
  slot_map map;
  map.replace({{5, 4, "a:1"}, {0, slot_count, "b:1"}, {0, 1, ""}});
  BOOST_TEST(map.empty());
}

BOOST_AUTO_TEST_CASE(redirections_are_read) {
  with_reply("-MOVED 3999 127.0.0.1:6381\r\n", [](const redisReply& reply) {
    const auto where = redirection_of(reply, "h");
    BOOST_REQUIRE(where);
    BOOST_TEST(!where->once);
    BOOST_TEST(where->slot == 3999);
    BOOST_TEST(where->to == "127.0.0.1:6381");
  });
  with_reply("-ASK 1 ::1:6381\r\n", [](const redisReply& reply) {
    const auto where = redirection_of(reply, "h");
    BOOST_REQUIRE(where);
    BOOST_TEST(where->once);
    BOOST_TEST(where->to == "::1:6381");
  });
  with_reply("-MOVED 1 :6381\r\n",
             [](const redisReply& reply) { BOOST_TEST(redirection_of(reply, "h")->to == "h:6381"); });
  for (const char* none : {"-MOVED 16384 a:1\r\n", "-MOVED a:1\r\n", "-MOVED 1 a\r\n", "-MOVED 1 a:0\r\n",
                           "-MOVED 1 a:70000\r\n", "-MOVED -1 a:1\r\n", "-MOVED\r\n", "-ERR no\r\n",
                           "+MOVED 1 a:1\r\n", "-TRYAGAIN later\r\n"})
    with_reply(none, [](const redisReply& reply) { BOOST_TEST(!redirection_of(reply, "h")); });
}

BOOST_AUTO_TEST_CASE(a_clusters_map_is_read_and_nonsense_left_out) {
  with_reply(
      "*6\r\n"
      "*4\r\n:0\r\n:99\r\n*3\r\n$1\r\na\r\n:7000\r\n$2\r\nid\r\n*2\r\n$1\r\nr\r\n:7003\r\n"
      "*3\r\n:100\r\n:199\r\n*2\r\n$-1\r\n:7001\r\n"
      "*3\r\n:200\r\n:199\r\n*2\r\n$1\r\na\r\n:7001\r\n"
      "*3\r\n:200\r\n:16384\r\n*2\r\n$1\r\na\r\n:7001\r\n"
      "*3\r\n:200\r\n:299\r\n*2\r\n$1\r\na\r\n:0\r\n"
      "$3\r\nabc\r\n",
      [](const redisReply& reply) {
        const auto ranges = slots_of(reply, "here");
        BOOST_REQUIRE(ranges);
        BOOST_REQUIRE(ranges->size() == 2u);
        BOOST_TEST((*ranges)[0].primary == "a:7000");
        BOOST_TEST((*ranges)[0].last == 99);
        BOOST_REQUIRE((*ranges)[0].replicas.size() == 1u);
        BOOST_TEST((*ranges)[0].replicas[0] == "r:7003");
        BOOST_TEST((*ranges)[1].primary == "here:7001");
      });
  with_reply("-ERR This instance has cluster support disabled\r\n",
             [](const redisReply& reply) { BOOST_TEST(!slots_of(reply, "here")); });
}

BOOST_AUTO_TEST_CASE(servers_are_named_by_host_and_port) {
  BOOST_TEST(endpoint_named("10.0.0.1:7000")->host == "10.0.0.1");
  BOOST_TEST(endpoint_named("10.0.0.1:7000")->port == 7000);
  BOOST_TEST(endpoint_named("[::1]:7000")->host == "::1");
  BOOST_TEST(endpoint_named("::1:7000")->host == "::1");
  for (const char* none : {"", "host", "host:", ":7000", "host:0", "host:70000", "host:7x", "[]:1"})
    BOOST_TEST(!endpoint_named(none), none);
}

BOOST_AUTO_TEST_CASE(a_replica_keeps_up_while_it_follows_closely) {
  auto replica = read_info("role:slave\r\nmaster_link_status:up\r\nslave_repl_offset:1000\r\n", 0);
  BOOST_TEST(keeps_up(replica, 0));
  BOOST_TEST(keeps_up(replica, 1000));
  BOOST_TEST(keeps_up(replica, 1000 + most_replica_lag));
  BOOST_TEST(!keeps_up(replica, 1001 + most_replica_lag));
  replica.follows_primary = false;
  BOOST_TEST(!keeps_up(replica, 1000));
  BOOST_TEST(!keeps_up(read_info("role:master\r\nmaster_repl_offset:1000\r\n", 0), 0));
}

BOOST_AUTO_TEST_CASE(a_replica_that_takes_over_is_no_loss_unless_it_is_empty) {
  shard_watch watch;
  std::vector<shard_watch::look> looks{shard(1, "a", "p1", 3, 5000), shard(2, "b", "p2", 0, 5000)};
  BOOST_TEST(!watch.compare(looks, true).lost_content());
  looks = {shard(1, "r", "p3", 9, 4900), shard(2, "b", "p2", 0, 5000)};
  const auto after = watch.compare(looks, true);
  BOOST_TEST(!after.lost_content());
  BOOST_TEST(after.entries == 9900u);
  looks = {shard(1, "a", "p4", 0, 0), shard(2, "b", "p2", 0, 5000)};
  const auto empty = watch.compare(looks, true);
  BOOST_TEST(empty.emptied);
  BOOST_TEST(!empty.restarted);
  BOOST_TEST(empty.incarnation == 2u);
}

BOOST_AUTO_TEST_CASE(what_leaves_many_small_shards_together_is_noticed) {
  shard_watch watch;
  std::vector<shard_watch::look> looks{shard(1, "a", "p1", 0, 700), shard(2, "b", "p2", 0, 700)};
  watch.compare(looks, true);
  looks = {shard(1, "a", "p1", 0, 0), shard(2, "b", "p2", 0, 0)};
  BOOST_TEST(watch.compare(looks, true).emptied);
  BOOST_TEST(!watch.compare(looks, true).emptied);
}

BOOST_AUTO_TEST_CASE(each_shard_is_watched_for_itself) {
  shard_watch watch;
  std::vector<shard_watch::look> looks{shard(1, "a", "p1", 0, 50), shard(2, "b", "p2", 0, 50)};
  watch.compare(looks, true);
  looks = {shard(1, "a", "again", 0, 50), shard(2, "b", "p2", 0, 50)};
  BOOST_TEST(watch.compare(looks, true).restarted);
  looks = {shard(1, "a", "again", 0, 50), shard(2, "b", "p2", 1, 0)};
  BOOST_TEST(watch.compare(looks, true).emptied);
  watch.own_flush();
  looks = {shard(1, "a", "again", 1, 0), shard(2, "b", "p2", 2, 0)};
  BOOST_TEST(!watch.compare(looks, true).lost_content());
  // One that was not reached is compared when it is; another set of slots is a new shard.
  looks = {shard(1, "a", "again", 1, 0)};
  BOOST_TEST(!watch.compare(looks, false).lost_content());
  looks = {shard(2, "b", "p2", 3, 0), shard(1, "a", "again", 1, 0)};
  BOOST_TEST(watch.compare(looks, true).emptied);
  looks = {shard(3, "b", "other", 9, 0), shard(4, "a", "other", 9, 0)};
  BOOST_TEST(!watch.compare(looks, true).lost_content());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
