#include "apps/stoker/top_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/full_screen.hpp"
#include "apps/stoker/top_view.hpp"
#include "apps/stoker/watching.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Lookups and hit ratio are those of the last interval. q quits, n shows the keys of the next cache.

Examples:
  stoker top
  stoker top --interval 0.5 --keys 40
  stoker top --once

)";

struct top_arguments {
  connection_options connection;
  double interval_s = 1;
  std::uint32_t keys = 50;
  bool once = false;
};

void look(daemon_client& client, const top_arguments& given, top_view& view) {
  view.status(client.get("/warming/status").body);
  if (view.selected().empty()) return view.no_hot_keys("there is no cache");
  try {
    const auto top =
        client.get("/warming/top", {{"cache", view.selected()}, {"limit", std::to_string(given.keys)}});
    view.hot_keys(field(top.body, "keys"));
  } catch (const no_daemon_error&) {
    throw;
  } catch (const failure& refused) {  // without the token keys are not shown, and all the rest is
    view.no_hot_keys(std::string{"hot keys: "} + refused.what());
  }
}

void show_once(daemon_client& client, const top_arguments& given, top_view& view, console& io) {
  look(client, given, view);
  for (const auto& line : view.frame({}, palette{io})) io.out << line << '\n';
  io.out << std::flush;
}

void run_live(daemon_client& client, const top_arguments& given, top_view& view, console& io) {
  const interrupt_watch interrupts;
  full_screen screen{io.out};
  while (!interrupt_watch::interrupted()) {
    look(client, given, view);
    screen.show(view.frame(screen.size(), palette{io}));
    const auto key = screen.key(given.interval_s);
    if (key == 'q') return;
    if (key == 'n' || key == '\t') view.select_next();
  }
}

exit_code run_top(const top_arguments& given, console& io) {
  daemon_client client{given.connection};
  top_view view{client.server()};
  if (given.connection.json) {
    io.out << json_text(client.get("/warming/status").body) << std::flush;
    return exit_ok;
  }
  if (!given.once && !io.out_is_terminal)
    throw usage_error{"top needs a terminal; --once prints one frame anywhere"};
  if (given.once)
    show_once(client, given, view, io);
  else
    run_live(client, given, view, io);
  return exit_ok;
}

}  // namespace

void add_top_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("top", "Watch hit ratio, hot keys, runs and pressure live");
  auto given = std::make_shared<top_arguments>();
  command->add_option("--interval", given->interval_s, "Seconds between two frames")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--keys", given->keys, "Hot keys to ask for")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--once", given->once, "Print one frame and end");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_top(*given, io); });
}

}  // namespace stoker::cli
