// Writes history through a real historian until it is killed: the child process of crash_test.
//
// Usage: history_writer FOLDER FIRST_VERSION. Prints a line "VERSION" for each write that was acknowledged.
// Write v has `records_of(v)` records "v/0", "v/1", ... whose count is v, a record "latest" with count v, and
// with every tenth a document whose bytes repeat v.
#include <unistd.h>

#include <caf/all.hpp>
#include <cstdio>
#include <cstdlib>

#include "actors/history/historian_actor.hpp"
#include "tests/actors/history/crash_samples.hpp"

namespace {

using namespace stoker;

// Asks for one write after the other, several at a time, so that the kill always meets some of them.
struct writer_state {
  explicit writer_state(std::uint64_t first) : version(first) {}
  std::uint64_t version;
};

void announce(std::uint64_t version) {
  auto line = std::to_string(version) + "\n";
  // Not buffered: what was printed is what the parent may rely on.
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
}

void write_next(caf::event_based_actor* self, const historian_actor& historian,
                const std::shared_ptr<writer_state>& state) {
  auto version = state->version++;
  auto failed = [](const caf::error& failure) {
    std::fprintf(stderr, "history_writer: %s\n", describe(failure).c_str());
    std::_Exit(1);
  };
  if (version % 10 == 0)
    self->request(historian, std::chrono::minutes{1}, test::crash_document(version))
        .then([](history_receipt) {}, failed);
  self->request(historian, std::chrono::minutes{1}, test::crash_write(version))
      .then(
          [=](history_receipt receipt) {
            announce(receipt.version);
            write_next(self, historian, state);
          },
          failed);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  caf::actor_system_config config;
  register_types(config);
  caf::actor_system system{config};
  historian_config history;
  history.history = open_history({argv[1]});
  history.now = [] { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); };
  history.loss_window =
      std::chrono::milliseconds{4};  // a batch a millisecond: kills meet batches in the making
  history.limits.commit_bytes = 4096;
  auto actor = system.spawn<caf::detached>(historian, history);
  auto state = std::make_shared<writer_state>(std::strtoull(argv[2], nullptr, 10));
  const auto write = [&](caf::event_based_actor* self, const historian_actor& to) {
    for (int at_a_time = 0; at_a_time < 4; ++at_a_time) write_next(self, to, state);
  };
  system.spawn(write, actor);
  system.await_all_actors_done();
  return 0;
}
