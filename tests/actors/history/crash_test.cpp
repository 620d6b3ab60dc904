// Kills a process that writes history, again and again, and looks at what it left behind.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "messages/error.hpp"
#include "storage/history/open_history.hpp"
#include "tests/actors/history/crash_samples.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/history/history_samples.hpp"

extern char** environ;

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(crash_test)

namespace {

class child_process {
 public:
  explicit child_process(const std::string& folder, std::uint64_t first_version) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addclose(&actions, ends[0]);
    auto version = std::to_string(first_version);
    char program[] = STOKER_HISTORY_WRITER;
    char* arguments[] = {program, const_cast<char*>(folder.c_str()), version.data(), nullptr};
    BOOST_REQUIRE(::posix_spawn(&pid_, program, &actions, nullptr, arguments, environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~child_process() {
    kill();
    ::fclose(output_);
  }

  // The next write that was acknowledged; 0 when the process has ended and all was read.
  std::uint64_t next_acknowledged() {
    unsigned long long version = 0;
    return std::fscanf(output_, "%llu", &version) == 1 ? version : 0;
  }

  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
  std::FILE* output_ = nullptr;
};

// Versions with how many of their records are there.
std::map<std::uint64_t, std::uint64_t> writes_in(const history_store& store) {
  std::map<std::uint64_t, std::uint64_t> found;
  for (const auto& record : all_records(store, "cache")) {
    BOOST_TEST(same(record, crash_record(record.key, record.count)));
    if (record.key != "latest") ++found[record.count];
  }
  return found;
}

void check_document(const document& model, std::uint64_t acknowledged) {
  if (model.bytes.empty()) {
    BOOST_TEST(acknowledged < 10u);
    return;
  }
  auto version = std::stoull(model.bytes);
  BOOST_TEST(model.bytes == crash_document(version).bytes);
  // Sent before the write of the same version, so durable with it.
  BOOST_TEST(version >= acknowledged / 10 * 10);
}

}  // namespace

BOOST_AUTO_TEST_CASE(kill_9_loses_nothing_acknowledged_and_leaves_nothing_half_written) {
  temporary_folder parent;
  auto folder = parent / "history";
  std::mt19937_64 random{20};
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 10; ++round) {
    child_process child{folder, acknowledged + 100};  // above what the child before had in flight
    for (auto wait_for = 1 + random() % 400; wait_for > 0; --wait_for) {
      auto version = child.next_acknowledged();
      BOOST_REQUIRE(version > 0);
      acknowledged = std::max(acknowledged, version);
    }
    child.kill();
    for (auto version = child.next_acknowledged(); version > 0; version = child.next_acknowledged())
      acknowledged = std::max(acknowledged, version);
    auto opened = open_history({folder});
    BOOST_TEST((opened.state == history_state::opened));
    auto found = writes_in(*opened.store);
    for (auto [version, records] : found) BOOST_TEST(records == records_of(version));
    BOOST_TEST(found.contains(acknowledged));
    BOOST_TEST(opened.store->unreadable_records() == 0u);
    check_document(opened.store->find(document_kind::model, "model"), acknowledged);
  }
}

BOOST_AUTO_TEST_CASE(a_history_that_another_process_has_open_is_not_set_aside) {
  temporary_folder parent;
  auto folder = parent / "history";
  child_process child{folder, 1};
  BOOST_REQUIRE(child.next_acknowledged() > 0);
  BOOST_CHECK_EXCEPTION(open_history({folder}), error, [](const error& e) { return e.code() == errc::busy; });
  BOOST_TEST(!std::filesystem::exists(folder + ".unreadable-1"));
  child.kill();
  BOOST_TEST((open_history({folder}).state == history_state::opened));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
