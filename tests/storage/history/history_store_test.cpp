// One suite over every history store.
#include "storage/history/history_store.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/history/memory_history.hpp"
#include "storage/history/rocks_history.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/history/history_samples.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(history_store_test)

namespace {

struct in_memory {
  memory_history store;
  history_store& operator*() { return store; }
  history_store* operator->() { return &store; }
};

struct on_disk {
  temporary_folder folder;
  std::unique_ptr<rocks_history> store = rocks_history::open(folder / "history", 0).store;
  history_store& operator*() { return *store; }
  history_store* operator->() { return store.get(); }
};

using stores = boost::mpl::list<in_memory, on_disk>;

void keep(history_store& store, const std::string& cache, std::uint64_t version, const key_statistics& record,
          time_point now = sample_time) {
  store.put(cache, version, record, now);
  store.commit();
}

std::set<std::string> keys_of(const std::vector<key_statistics>& records) {
  std::set<std::string> keys;
  for (const auto& record : records) keys.insert(record.key);
  BOOST_TEST(keys.size() == records.size());
  return keys;
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_store_has_one_empty_page, Store, stores) {
  Store store;
  auto page = store->page({});
  BOOST_TEST(page.keys.empty());
  BOOST_TEST(page.done);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(records_come_back_with_every_field, Store, stores) {
  Store store;
  std::mt19937_64 random{3};
  std::map<std::string, key_statistics> kept;
  for (int n = 0; n < 200; ++n) {
    auto record = random_record(random);
    kept[record.key] = record;
    store->put("cache", static_cast<std::uint64_t>(n), record, sample_time);
  }
  store->commit();
  auto found = all_records(*store, "cache");
  BOOST_TEST(found.size() == kept.size());
  for (const auto& record : found) BOOST_TEST(same(record, kept.at(record.key)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_shows_before_commit, Store, stores) {
  Store store;
  store->put("cache", 1, sample_record("key"), sample_time);
  store->put(document{document_kind::model, "name", "bytes"});
  BOOST_TEST(store->batch_bytes() > 0u);
  BOOST_TEST(all_records(*store, "cache").empty());
  BOOST_TEST(store->find(document_kind::model, "name").bytes.empty());
  store->commit();
  BOOST_TEST(all_records(*store, "cache").size() == 1u);
  BOOST_TEST(store->find(document_kind::model, "name").bytes == "bytes");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_discarded_batch_is_gone, Store, stores) {
  Store store;
  store->put("cache", 1, sample_record("key"), sample_time);
  store->discard();
  store->commit();
  BOOST_TEST(all_records(*store, "cache").empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_older_resend_never_replaces_a_newer_record, Store, stores) {
  Store store;
  keep(*store, "cache", 5, sample_record("key", 50));
  keep(*store, "cache", 4, sample_record("key", 40));
  BOOST_TEST(all_records(*store, "cache").at(0).count == 50u);
  keep(*store, "cache", 5, sample_record("key", 51));
  BOOST_TEST(all_records(*store, "cache").at(0).count == 51u);
  keep(*store, "cache", 6, sample_record("key", 60));
  BOOST_TEST(all_records(*store, "cache").at(0).count == 60u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(versions_count_within_a_batch_too, Store, stores) {
  Store store;
  store->put("cache", 2, sample_record("key", 20), sample_time);
  store->put("cache", 1, sample_record("key", 10), sample_time);
  store->commit();
  BOOST_TEST(all_records(*store, "cache").at(0).count == 20u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pages_go_through_all_records_once, Store, stores) {
  Store store;
  for (int n = 0; n < 1000; ++n)
    store->put("cache", 1, sample_record("key " + std::to_string(n)), sample_time);
  store->commit();
  for (std::uint32_t limit : {1u, 7u, 1000u, 5000u}) {
    history_page_request request{"cache", 0, 1, "", limit};
    BOOST_TEST(keys_of(all_records(*store, request)).size() == 1000u);
    BOOST_TEST(store->page(request).keys.size() == std::min(limit, 1000u));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(shards_part_the_records_among_them, Store, stores) {
  Store store;
  for (const char* cache : {"a", "b"})
    for (int n = 0; n < 300; ++n)
      store->put(cache, 1, sample_record("key " + std::to_string(n)), sample_time);
  store->commit();
  for (std::uint32_t shards : {1u, 2u, 3u, 4u, 7u, 512u}) {
    std::size_t found = 0;
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      for (const auto& record : all_records(*store, {"", shard, shards, "", 50})) {
        BOOST_TEST(hash_key(record.key) % shards == shard);
        ++found;
      }
    }
    BOOST_TEST(found == 600u);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_page_over_all_caches_belongs_to_one_of_them, Store, stores) {
  Store store;
  std::map<std::string, std::size_t> found;
  for (const char* cache : {"a", "b", "ab", ""})
    for (int n = 0; n < 10; ++n) store->put(cache, 1, sample_record(cache + std::to_string(n)), sample_time);
  store->commit();
  history_page_request request;
  for (history_page page; !page.done; request.cursor = page.cursor) {
    page = store->page(request);
    for (const auto& record : page.keys) BOOST_TEST(record.key.starts_with(page.cache));
    found[page.cache] += page.keys.size();
  }
  BOOST_TEST(found.size() == 4u);
  for (const auto& [cache, records] : found) BOOST_TEST(records == 10u, cache);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pages_stay_bounded_in_bytes, Store, stores) {
  Store store;
  for (int n = 0; n < 300; ++n)
    store->put("cache", 1, sample_record(std::to_string(n) + std::string(max_key_bytes - 10, 'x')),
               sample_time);
  store->commit();
  auto page = store->page({"cache", 0, 1, "", 10000});
  BOOST_TEST(page.keys.size() < 140u);
  BOOST_TEST(!page.done);
  BOOST_TEST(all_records(*store, "cache").size() == 300u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pages_that_make_no_sense_are_refused, Store, stores) {
  Store store;
  BOOST_CHECK_THROW(store->page({"cache", 2, 2, "", 10}), error);
  BOOST_CHECK_THROW(store->page({"cache", 0, 0, "", 10}), error);
  BOOST_CHECK_THROW(store->page({"cache", 0, 1, "no cursor", 10}), error);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cache_name_that_is_too_long_is_refused_and_the_rest_is_kept, Store, stores) {
  Store store;
  store->put("cache", 1, sample_record("key"), sample_time);
  BOOST_CHECK_THROW(store->put(std::string(70000, 'x'), 1, sample_record("key"), sample_time), error);
  store->commit();
  BOOST_TEST(all_records(*store, "").size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(documents_are_kept_by_kind_and_name, Store, stores) {
  Store store;
  std::string bytes(1000, '\0');
  store->put(document{document_kind::model, "name", bytes});
  store->put(document{document_kind::report, "name", "other"});
  store->commit();
  BOOST_TEST(store->find(document_kind::model, "name").bytes == bytes);
  BOOST_TEST(store->find(document_kind::report, "name").bytes == "other");
  BOOST_TEST(store->find(document_kind::report, "nam").bytes == "");
  BOOST_TEST(store->find(document_kind::snapshot, "name").name == "name");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_document_is_replaced_and_removed, Store, stores) {
  Store store;
  for (const char* bytes : {"first", "second", ""}) {
    store->put(document{document_kind::model, "name", bytes});
    store->commit();
    BOOST_TEST(store->find(document_kind::model, "name").bytes == bytes);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(forgetting_a_cache_leaves_the_others, Store, stores) {
  Store store;
  for (const char* cache : {"a", "b", "aa", "a\xff"})
    for (int n = 0; n < 20; ++n) store->put(cache, 9, sample_record(std::to_string(n)), sample_time);
  store->put(document{document_kind::model, "a", "bytes"});
  store->commit();
  store->forget("a");
  BOOST_TEST(all_records(*store, "a").empty());
  BOOST_TEST(all_records(*store, "").size() == 60u);
  BOOST_TEST(store->find(document_kind::model, "a").bytes == "bytes");
  keep(*store, "a", 1, sample_record("new"));
  BOOST_TEST(all_records(*store, "a").size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_not_written_for_long_ages_out, Store, stores) {
  Store store;
  auto hour = [](int n) { return sample_time + std::chrono::hours{n}; };
  for (int n = 0; n < 100; ++n) keep(*store, "cache", 1, sample_record(std::to_string(n)), hour(n));
  keep(*store, "cache", 2, sample_record("0", 2), hour(100));  // written again
  std::uint64_t removed = 0;
  for (bool finished = false; !finished;) {
    auto step = store->age_out(hour(50), 10);
    BOOST_TEST(step.removed <= 10u);
    removed += step.removed;
    finished = step.finished;
  }
  BOOST_TEST(removed == 49u);
  auto left = keys_of(all_records(*store, "cache"));
  BOOST_TEST(left.size() == 51u);
  BOOST_TEST(left.contains("0"));
  BOOST_TEST(left.contains("50"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(committing_nothing_is_fine, Store, stores) {
  Store store;
  store->commit();
  BOOST_TEST(store->batch_bytes() <= 12u);  // what RocksDB counts for an empty batch
  BOOST_TEST(store->unreadable_records() == 0u);
}

// Random operations against a simple model.
BOOST_AUTO_TEST_CASE_TEMPLATE(it_agrees_with_a_simple_model, Store, stores) {
  Store store;
  std::mt19937_64 random{4};
  struct kept {
    std::uint64_t version;
    std::uint64_t count;
  };
  std::map<std::pair<std::string, std::string>, kept> model;
  for (int round = 0; round < 3000; ++round) {
    std::string cache(1, static_cast<char>('a' + random() % 3));
    auto key = std::to_string(random() % 50);
    auto version = random() % 100;
    if (random() % 200 == 0) {
      store->commit();
      store->forget(cache);
      std::erase_if(model, [&](const auto& entry) { return entry.first.first == cache; });
    }
    store->put(cache, version, sample_record(key, version * 1000 + round), sample_time);
    auto& entry = model[{cache, key}];
    if (version >= entry.version) entry = {version, version * 1000 + round};
    if (random() % 5 == 0) store->commit();
  }
  store->commit();
  std::size_t found = 0;
  for (std::string cache : {"a", "b", "c"}) {
    for (const auto& record : all_records(*store, cache)) {
      BOOST_TEST(record.count == model.at({cache, record.key}).count);
      ++found;
    }
  }
  BOOST_TEST(found == model.size());
}

BOOST_AUTO_TEST_CASE(a_history_in_memory_drops_what_was_written_longest_ago) {
  memory_history store{10'000};
  for (int n = 0; n < 1000; ++n) keep(store, "cache", 1, sample_record(std::to_string(1000 + n)));
  BOOST_TEST(store.record_bytes() <= 10'000u);
  auto left = keys_of(all_records(store, "cache"));
  BOOST_TEST(left.size() > 100u);
  BOOST_TEST(*left.begin() == std::to_string(2000 - left.size()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
