// Warms an external cache until it is killed: the child process of interruption_test.
//
// Usage: interrupted_warmer FOLDER start|resume. With `start` it begins a run of 2,000 keys; with `resume` it
// begins none, and waits for the one that it finds in its journal. The cache is the parent's: a line "+KEY"
// on standard output for each key that is stored. When the run is over, a line "=RUN RESUMED_AT SELECTED
// WARMED", and the end.
#include <unistd.h>

#include <caf/all.hpp>
#include <cstdlib>
#include <string>

#include "actors/history/historian_actor.hpp"
#include "actors/warming/warmer_actor.hpp"
#include "tests/actors/warming/stub_actors.hpp"

namespace {

using namespace stoker;

constexpr int key_count = 2000;
constexpr auto load_time = std::chrono::milliseconds{2};  // long enough for the journal to keep up

// Not buffered: what was printed is what the parent may rely on.
void print(const std::string& line) {
  const auto text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) std::_Exit(1);
}

caf::behavior stored_later(caf::event_based_actor* self, duration after,
                           caf::typed_response_promise<load_receipts> answer, const std::string& key) {
  self->delayed_anon_send(self, after, tick{});
  return {[=](tick) mutable {
    print("+" + key);
    load_receipt receipt;
    receipt.key = key;
    receipt.status = load_status::stored;
    receipt.bytes = 100;
    answer.deliver(load_receipts{{receipt}});
    self->quit();
  }};
}

// Stores each key it is asked for, a while later.
origin_actor::behavior_type slow_origin(origin_actor::pointer self, duration takes) {
  return {[self, takes](const load_request& request) -> caf::result<load_receipts> {
            auto answer = self->make_response_promise<load_receipts>();
            const auto key = request.items.front().key;
            self->system().spawn(stored_later, takes, answer, key);
            return answer;
          },
          [](const origin_demand&) {}, [](const origin_limits&) {},
          [](status_request) { return origin_status{}; }, [](tick) {}};
}

clock_function wall_clock() {
  return [] { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); };
}

historian_actor spawn_historian(caf::actor_system& system, const char* folder) {
  historian_config config;
  config.history = open_history({folder});
  config.now = wall_clock();
  config.loss_window = std::chrono::milliseconds{20};
  return system.spawn<caf::detached>(historian, config);
}

warmer_actor spawn_warmer(caf::actor_system& system, const std::shared_ptr<directory>& peers) {
  warmer_config config;
  config.cache = "pages";
  config.origin = "db";
  config.peers = peers;
  config.now = wall_clock();
  config.strategies = std::make_shared<strategy_registry>();
  config.journal.interval = std::chrono::milliseconds{10};
  return system.spawn(warmer, config);
}

// Asks for the report of the run until there is one.
warm_report wait_for_report(caf::scoped_actor& self, const warmer_actor& tested) {
  for (;;) {
    bool known = false;
    warm_report report;
    self->request(tested, caf::infinite, report_request{"pages", 0})
        .receive(
            [&](warm_report& found) {
              report = std::move(found);
              known = true;
            },
            [](const caf::error&) {});
    if (known) return report;
    self->delayed_send(self, std::chrono::milliseconds{20}, tick{});
    self->receive([](tick) {});
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  caf::actor_system_config config;
  register_types(config);
  caf::actor_system system{config};
  auto peers = std::make_shared<directory>(1);
  auto keys = std::make_shared<test::tracker_script>();
  for (int i = 0; i < key_count; ++i) {
    auto& key = keys->keys.emplace_back();
    key.key = "k" + std::to_string(i);
    key.rate_per_hour = 5;
    key.bytes = 100;
  }
  peers->historian(spawn_historian(system, argv[1]));
  peers->tracker(0, system.spawn(test::stub_tracker, keys));
  peers->arbiter(system.spawn(test::stub_arbiter, std::make_shared<test::arbiter_script>()));
  peers->origin("db", system.spawn(slow_origin, duration{load_time}));
  const auto tested = spawn_warmer(system, peers);
  caf::scoped_actor self{system};
  if (std::string{argv[2]} == "start") self->send(tested, warm_request{.cache = "pages"});
  const auto report = wait_for_report(self, tested);
  print("=" + std::to_string(report.run) + " " + std::to_string(report.resumed_at) + " " +
        std::to_string(report.selected) + " " + std::to_string(report.warmed));
  std::_Exit(0);
}
