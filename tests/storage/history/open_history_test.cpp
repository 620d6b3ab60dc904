#include "storage/history/open_history.hpp"

#include <rocksdb/db.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "messages/error.hpp"
#include "storage/history/history_keys.hpp"
#include "storage/history/rocks_history.hpp"
#include "storage/history/rocks_options.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/history/history_samples.hpp"

namespace stoker::test {

namespace fs = std::filesystem;

namespace open_history_test {

struct open_history_fixture {
  temporary_folder parent;
  std::string folder = parent / "history";

  opened_history open() { return open_history({folder}); }

  // A history with this many records in it, closed again.
  void fill(int records) {
    auto opened = open();
    for (int n = 0; n < records; ++n)
      opened.store->put("cache", 1, sample_record(std::to_string(n)), sample_time);
    opened.store->commit();
  }

  void write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path{path}.parent_path());
    std::ofstream{path, std::ios::binary} << bytes;
  }

  // Opens the damaged history, and checks that it was set aside and that a new one took its place.
  void check_set_aside(const std::string& reason) {
    {
      auto opened = open();
      BOOST_TEST((opened.state == history_state::set_aside));
      BOOST_TEST(opened.detail.find(folder + ".unreadable-1") != std::string::npos, opened.detail);
      BOOST_TEST(opened.detail.find(reason) != std::string::npos, opened.detail);
      BOOST_TEST(fs::exists(folder + ".unreadable-1"));
      BOOST_TEST(all_records(*opened.store, "").empty());
    }
    BOOST_TEST((open().state == history_state::opened));
  }

  rocksdb::DB* raw_database() {
    rocksdb::DB* db = nullptr;
    BOOST_REQUIRE(rocksdb::DB::Open(rocks_options(), folder, &db).ok());
    return db;
  }

  std::string file_with_suffix(const std::string& suffix) {
    for (const auto& file : fs::directory_iterator{folder})
      if (file.path().string().ends_with(suffix)) return file.path().string();
    BOOST_FAIL("no file ends in " + suffix);
    return {};
  }
};

}  // namespace open_history_test

BOOST_FIXTURE_TEST_SUITE(open_history_test, open_history_fixture)

BOOST_AUTO_TEST_CASE(without_a_folder_the_history_is_in_memory) {
  auto opened = open_history({});
  BOOST_TEST((opened.state == history_state::in_memory));
  BOOST_TEST(opened.store != nullptr);
  BOOST_TEST(opened.detail == "");  // as it was asked for
}

BOOST_AUTO_TEST_CASE(a_new_history_is_created_and_opened_the_next_time) {
  folder = parent / "some/where/deep";
  BOOST_TEST((open().state == history_state::created));
  fill(100);
  auto opened = open();
  BOOST_TEST((opened.state == history_state::opened));
  BOOST_TEST(opened.detail == "");
  BOOST_TEST(all_records(*opened.store, "cache").size() == 100u);
  BOOST_TEST(opened.store->bytes_on_disk() > 1000u);
}

BOOST_AUTO_TEST_CASE(a_trailing_slash_means_the_same_folder) {
  fill(1);
  auto opened = open_history({folder + "/"});
  BOOST_TEST((opened.state == history_state::opened));
  BOOST_TEST(opened.folder == folder);
}

BOOST_AUTO_TEST_CASE(a_damaged_manifest_sets_it_aside) {
  fill(10);
  write(folder + "/CURRENT", "garbage\n");
  check_set_aside("can't be read");
}

BOOST_AUTO_TEST_CASE(a_missing_current_file_sets_it_aside_with_its_tables) {
  fill(10);
  {
    std::unique_ptr<rocksdb::DB> db{raw_database()};
    BOOST_REQUIRE(db->Flush({}).ok());
  }
  auto table = fs::path{file_with_suffix(".sst")}.filename().string();
  fs::remove(folder + "/CURRENT");
  check_set_aside("CURRENT");
  BOOST_TEST(fs::exists(folder + ".unreadable-1/" + table));
}

BOOST_AUTO_TEST_CASE(a_missing_table_sets_it_aside) {
  fill(10);
  {
    std::unique_ptr<rocksdb::DB> db{raw_database()};
    BOOST_REQUIRE(db->Flush({}).ok());
  }
  fs::remove(file_with_suffix(".sst"));
  check_set_aside("No such file");
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_a_table_sets_it_aside) {
  fill(1000);
  {
    std::unique_ptr<rocksdb::DB> db{raw_database()};
    BOOST_REQUIRE(db->Flush({}).ok());
  }
  std::fstream table{file_with_suffix(".sst"), std::ios::in | std::ios::out | std::ios::binary};
  table.seekp(200);
  table.write("\x55\x55\x55\x55", 4);
  table.close();
  check_set_aside("checksum");
}

BOOST_AUTO_TEST_CASE(a_later_format_is_set_aside_and_not_destroyed) {
  fill(10);
  {
    std::unique_ptr<rocksdb::DB> db{raw_database()};
    BOOST_REQUIRE(
        db->Put({}, rocksdb::Slice{format_key.data(), format_key.size()}, std::string{"STOK\0\0\0\2", 8})
            .ok());
  }
  check_set_aside("format version 2");
  fs::remove_all(folder);
  fs::rename(folder + ".unreadable-1", folder);
  std::unique_ptr<rocksdb::DB> db{raw_database()};
  std::string value;
  BOOST_TEST(db->Get({}, record_key("cache", "3"), &value).ok());
}

BOOST_AUTO_TEST_CASE(a_damaged_format_record_sets_it_aside) {
  fill(10);
  {
    std::unique_ptr<rocksdb::DB> db{raw_database()};
    BOOST_REQUIRE(db->Put({}, rocksdb::Slice{format_key.data(), format_key.size()}, "???").ok());
  }
  check_set_aside("format record");
}

BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_the_folder_is_set_aside) {
  write(folder, "somebody's bytes");
  check_set_aside("not a folder");
  BOOST_TEST(fs::file_size(folder + ".unreadable-1") == 16u);
}

BOOST_AUTO_TEST_CASE(what_is_set_aside_never_replaces_what_was_before) {
  for (int n = 1; n <= 3; ++n) {
    fill(1);
    write(folder + "/CURRENT", "garbage\n");
    BOOST_TEST((open().state == history_state::set_aside));
    BOOST_TEST(fs::exists(folder + ".unreadable-" + std::to_string(n)));
  }
}

BOOST_AUTO_TEST_CASE(a_torn_end_of_the_log_costs_its_last_batch_alone) {
  {
    auto opened = open();
    for (int n = 0; n < 10; ++n) {
      opened.store->put("cache", 1, sample_record(std::to_string(n)), sample_time);
      opened.store->commit();
    }
  }
  auto log = file_with_suffix(".log");
  fs::resize_file(log, fs::file_size(log) - 3);
  auto opened = open();
  BOOST_TEST((opened.state == history_state::opened));
  BOOST_TEST(all_records(*opened.store, "cache").size() == 9u);
}

BOOST_AUTO_TEST_CASE(a_folder_of_other_files_is_refused_and_left_alone) {
  write(folder + "/thesis.txt", "years of work");
  BOOST_CHECK_EXCEPTION(open(), error, [](const error& e) { return e.code() == errc::invalid_argument; });
  BOOST_TEST(fs::exists(folder + "/thesis.txt"));
  BOOST_TEST(!fs::exists(folder + "/CURRENT"));
}

BOOST_AUTO_TEST_CASE(a_database_of_something_else_is_refused_and_left_alone) {
  fs::create_directories(folder);
  {
    std::unique_ptr<rocksdb::DB> db{raw_database()};
    BOOST_REQUIRE(db->Put({}, "key", "value").ok());
  }
  BOOST_CHECK_EXCEPTION(open(), error, [](const error& e) { return e.code() == errc::invalid_argument; });
  std::unique_ptr<rocksdb::DB> db{raw_database()};
  std::string value;
  BOOST_TEST(db->Get({}, "key", &value).ok());
}

BOOST_AUTO_TEST_CASE(a_history_that_is_open_in_this_process_is_not_set_aside) {
  auto first = open();
  BOOST_CHECK_EXCEPTION(open(), error, [](const error& e) {
    return e.code() == errc::busy && std::string{e.what()}.find("in use") != std::string::npos;
  });
  BOOST_TEST(!fs::exists(folder + ".unreadable-1"));
  first.store->put("cache", 1, sample_record("key"), sample_time);
  first.store->commit();
}

BOOST_AUTO_TEST_CASE(a_folder_below_a_file_leaves_the_history_in_memory) {
  write(parent / "file", "bytes");
  folder = parent / "file/history";
  auto opened = open();
  BOOST_TEST((opened.state == history_state::in_memory));
  BOOST_TEST(opened.detail.find(folder) != std::string::npos, opened.detail);
  BOOST_TEST(opened.detail.find("Not a directory") != std::string::npos, opened.detail);
  opened.store->put("cache", 1, sample_record("key"), sample_time);
  opened.store->commit();
  BOOST_TEST(all_records(*opened.store, "cache").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_folder_without_permission_leaves_the_history_in_memory) {
  if (::geteuid() == 0) {
    BOOST_TEST_MESSAGE("skipped: permissions don't hold root back");
    return;
  }
  fill(1);
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  BOOST_TEST((open().state == history_state::in_memory));
  fs::permissions(folder, fs::perms::owner_all);
  BOOST_TEST((open().state == history_state::opened));
}

BOOST_AUTO_TEST_CASE(a_read_only_file_system_leaves_the_history_in_memory) {
  fill(1);
  auto path = folder.c_str();
  if (::mount(path, path, nullptr, MS_BIND, nullptr) != 0) {
    BOOST_TEST_MESSAGE("skipped: this process may not mount");
    return;
  }
  BOOST_REQUIRE(::mount(path, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  auto opened = open();
  ::umount(path);
  BOOST_TEST((opened.state == history_state::in_memory));
  BOOST_TEST(opened.detail.find("Read-only") != std::string::npos, opened.detail);
  BOOST_TEST((open().state == history_state::opened));
}

BOOST_AUTO_TEST_CASE(an_unreadable_record_costs_that_record_alone) {
  fill(10);
  {
    std::unique_ptr<rocksdb::DB> db{raw_database()};
    BOOST_REQUIRE(db->Put({}, record_key("cache", "3"), "???").ok());
  }
  auto opened = open();
  BOOST_TEST((opened.state == history_state::opened));
  BOOST_TEST(all_records(*opened.store, "cache").size() == 9u);
  BOOST_TEST(opened.store->unreadable_records() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
