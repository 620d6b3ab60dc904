#include "apps/stoker/track_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr auto help_text =
    R"(For hosts and scripts that have a cache of their own: Stoker learns from what they tell. A key "-" stands for
standard input, a key a line.

Examples:
  stoker track --cache quotes AAPL MSFT --tag tech
  stoker track --cache pages --outcome miss --subject "user 17" /start
  tail -F keys.log | stoker track --cache pages -

)";

constexpr std::size_t batch = 500;  // accesses in a request

struct track_arguments {
  connection_options connection;
  std::string cache;
  std::string outcome = "hit";
  std::string subject;
  std::string kind;
  std::vector<std::string> co_accessed;
  std::vector<std::string> tags;
  std::uint32_t bytes = 0;
  std::uint32_t cost_us = 0;
  std::vector<std::string> keys;
};

json access_to(const std::string& key, const track_arguments& given) {
  auto access = key_object(key);
  if (!given.cache.empty()) access["cache"] = given.cache;
  access["outcome"] = given.outcome;
  if (!given.subject.empty()) access["subject"] = given.subject;
  if (!given.kind.empty()) access["kind"] = given.kind;
  if (given.bytes > 0) access["bytes"] = given.bytes;
  if (given.cost_us > 0) access["cost_us"] = given.cost_us;
  if (!given.tags.empty()) access["tags"] = given.tags;
  for (const auto& other : given.co_accessed) access["co_accessed"].push_back(key_name(other));
  return access;
}

// Collects accesses and sends them, so many at once.
class tracker {
 public:
  tracker(daemon_client& client, const track_arguments& given) : client_(client), given_(given) {}

  void add(const std::string& key) {
    waiting_.push_back(access_to(key, given_));
    if (waiting_.size() >= batch) send();
  }
  void send() {
    if (waiting_.empty()) return;
    const auto answer = client_.post("/track", {{"accesses", std::move(waiting_)}}).body;
    accepted_ += static_cast<std::uint64_t>(number_of(answer, "accepted"));
    waiting_ = json::array();
  }
  std::uint64_t accepted() const noexcept { return accepted_; }

 private:
  daemon_client& client_;
  const track_arguments& given_;
  json waiting_ = json::array();
  std::uint64_t accepted_ = 0;
};

// What is read is sent as it comes, not only when a batch is full.
void track_lines(std::istream& in, tracker& to) {
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) to.add(line);
    if (in.rdbuf()->in_avail() <= 0) to.send();
  }
}

exit_code run_track(const track_arguments& given, console& io) {
  daemon_client client{given.connection};
  tracker to{client, given};
  for (const auto& key : given.keys) {
    if (key == "-")
      track_lines(std::cin, to);
    else
      to.add(key);
  }
  to.send();
  io.out << (given.connection.json ? json_text({{"accepted", to.accepted()}})
                                   : fmt::format("{} accesses tracked\n", to.accepted()))
         << std::flush;
  return exit_ok;
}

}  // namespace

void add_track_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("track", "Tell the daemon of accesses that did not go through it");
  auto given = std::make_shared<track_arguments>();
  command->add_option("KEY", given->keys, "What was accessed, in order; -: from standard input")->required();
  command->add_option("--cache", given->cache, "Of which cache; may be left out where there is only one");
  command->add_option("--outcome", given->outcome, "As the host's cache saw it")
      ->check(CLI::IsMember({"hit", "miss"}))
      ->capture_default_str();
  command->add_option("--subject", given->subject, "Whose accesses they are: a user, session or tenant");
  command->add_option("--kind", given->kind,
                      "Of the subject's keys: session, forms, navigation, or another word");
  command
      ->add_option("--co-accessed", given->co_accessed,
                   "A key that belongs together with these; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--tag", given->tags, "A tag of these keys; may be repeated")->allow_extra_args(false);
  command->add_option("--bytes", given->bytes, "Size of a value");
  command->add_option("--cost-us", given->cost_us, "How long a miss takes to load, in microseconds");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_track(*given, io); });
}

}  // namespace stoker::cli
