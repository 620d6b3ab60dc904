// The hot set of a cache in a file: saved from one kind of cache, restored to another.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "stoker/caches.hpp"
#include "stoker/engine.hpp"
#include "storage/snapshots/snapshot_file.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/caches/memcached_server.hpp"
#include "tests/storage/caches/redis_server.hpp"

BOOST_AUTO_TEST_SUITE(snapshots_test)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

constexpr int keys = 100;

std::string key(int number) {
  return "/" + std::to_string(number);
}

cache_config pages(std::shared_ptr<remote_cache> back_end = nullptr) {
  cache_config config;
  config.name = "pages";
  config.load = [](std::string_view name) {
    auto result = loaded("page " + std::string{name});
    if (name == "/7") result.ttl = 1h;
    return result;
  };
  config.back_end = std::move(back_end);
  config.direct_deletes = false;
  config.hold_out = 0;
  config.predictor = predictor_kind::none;
  return config;
}

void use(cache_handle& cache) {
  for (int i = 0; i < keys; ++i)
    for (int times = 0; times <= (i < 50 ? 2 : 0); ++times) cache.get(key(i));
}

const hot_key* find(const hot_set& hot, const std::string& name) {
  for (const auto& each : hot.keys)
    if (each.key == name) return &each;
  return nullptr;
}

// Restores the snapshot to a cache that never saw a request, and saves one of it.
void restore(std::shared_ptr<remote_cache> back_end, const std::string& from, const std::string& to) {
  engine running;
  auto cache = running.add_cache(pages(std::move(back_end)));
  const auto loaded = running.load_snapshot("pages", from);
  BOOST_TEST(loaded.loaded_keys == std::uint64_t{keys});
  const auto report = running.warm({.cache = "pages", .strategies = {"snapshot"}});
  BOOST_TEST(report.warmed == std::uint64_t{keys});
  for (int i = 0; i < keys; ++i) BOOST_TEST((cache.get(key(i)).outcome == get_outcome::hit));
  BOOST_TEST(running.flush());
  BOOST_TEST(running.save_snapshot("pages", to).saved_keys == std::uint64_t{keys});
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_hot_set_of_a_memory_cache_warms_a_redis_and_then_a_memcached) {
  const temporary_folder folder;
  {
    engine first;
    auto cache = first.add_cache(pages());
    use(cache);
    cache.describe(key(3), {"red"});
    BOOST_TEST(first.flush());
    const auto saved = first.save_snapshot("pages", folder / "memory");
    BOOST_TEST(saved.saved_keys == std::uint64_t{keys});
    BOOST_TEST(saved.saved_bytes == std::filesystem::file_size(folder / "memory"));
  }
  const auto hot = read_snapshot(folder / "memory");
  BOOST_TEST(hot.cache == "pages");
  const auto* ordinary = find(hot, key(3));
  BOOST_TEST_REQUIRE(ordinary != nullptr);
  BOOST_TEST(ordinary->count == 3u);
  BOOST_TEST(ordinary->bytes == 7u);
  BOOST_TEST((ordinary->tags == std::vector<std::string>{"red"}));
  BOOST_TEST((ordinary->ttl == duration::zero()));
  BOOST_TEST(hot.keys.front().rate_per_hour > hot.keys.back().rate_per_hour);
  const auto* short_lived = find(hot, key(7));
  BOOST_TEST_REQUIRE(short_lived != nullptr);
  BOOST_TEST((short_lived->ttl > 50min));
  if (!is_installed("redis-server") || !is_installed("memcached")) return;
  const redis_server redis;
  restore(std::make_shared<redis_cache>(redis.config()), folder / "memory", folder / "redis");
  const auto again = read_snapshot(folder / "redis");
  BOOST_TEST_REQUIRE(find(again, key(7)) != nullptr);
  BOOST_TEST((find(again, key(7))->ttl > 40min));
  const memcached_server memcached;
  restore(std::make_shared<memcached_cache>(memcached.config()), folder / "redis", folder / "memcached");
  BOOST_TEST(read_snapshot(folder / "memcached").keys.size() == std::size_t{keys});
}

BOOST_AUTO_TEST_CASE(a_broken_snapshot_is_refused_and_what_was_loaded_before_stays) {
  const temporary_folder folder;
  engine running{{.snapshot_folder = folder.path().string()}};
  auto cache = running.add_cache(pages());
  use(cache);
  running.flush();
  const auto path = running.save_snapshot("pages").path;
  BOOST_TEST(path == folder / "pages.snapshot");
  running.load_snapshot("pages");
  std::ofstream{folder / "broken"} << "no snapshot at all";
  BOOST_CHECK_EXCEPTION(running.load_snapshot("pages", folder / "broken"), error, [](const error& wrong) {
    return std::string{wrong.what()}.find("byte 0") != std::string::npos;
  });
  const auto status = running.status().snapshots.front();
  BOOST_TEST(status.cache == "pages");
  BOOST_TEST(status.loaded_keys == std::uint64_t{keys});
  BOOST_TEST(status.failures == 1u);
  BOOST_TEST(status.last_error.find("byte 0") != std::string::npos);
  BOOST_TEST((status.saved_at > time_point{}));
  cache.clear();
  BOOST_TEST(running.warm({.cache = "pages", .strategies = {"snapshot"}}).warmed == std::uint64_t{keys});
}

BOOST_AUTO_TEST_CASE(without_a_folder_a_path_must_be_given) {
  engine running;
  auto cache = running.add_cache(pages());
  BOOST_CHECK_THROW(running.save_snapshot("pages"), error);
  BOOST_CHECK_THROW(running.save_snapshot("nobody's", "/tmp/x"), error);
}

BOOST_AUTO_TEST_CASE(a_schedule_saves_the_hot_set_of_every_cache) {
  const temporary_folder folder;
  engine running{{.snapshot_folder = folder.path().string()}};
  auto cache = running.add_cache(pages());
  auto others = pages();
  others.name = "others";
  running.add_cache(others);
  use(cache);
  running.flush();
  schedule_entry saving;
  saving.id = "snapshots";
  saving.task = schedule_task::snapshot;
  saving.interval = 1h;
  running.start({.interval = {}, .schedules = {saving}});
  running.run_schedules("snapshots");
  const auto over = [&] {
    const auto status = running.status().scheduler;
    return status.schedules.front().runs > 0 && !status.schedules.front().in_progress;
  };
  BOOST_TEST_REQUIRE(eventually(over));
  const auto schedule = running.status().scheduler.schedules.front();
  BOOST_TEST(schedule.succeeded);
  BOOST_TEST(schedule.result == "100 keys saved of 2 caches");
  BOOST_TEST(read_snapshot(folder / "pages.snapshot").keys.size() == std::size_t{keys});
  BOOST_TEST(read_snapshot(folder / "others.snapshot").keys.empty());
}

BOOST_AUTO_TEST_SUITE_END()
