// The built binary as a daemon, as a user starts it: a folder of its own with its configuration, its state
// and files that it can warm, and a log that can be waited for.
//
// Threads: one at a time. The process goes when the test goes.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

class served_daemon {
 public:
  served_daemon() : port_(free_port()) {
    std::filesystem::create_directory(files());
    for (const auto* name : {"a", "b", "c"}) std::ofstream{files() / name} << "content of " << name;
    configure("");
  }

  std::filesystem::path files() const { return folder_ / "files"; }
  std::string state() const { return folder_ / "state"; }
  std::string configuration() const { return folder_ / "s.toml"; }
  std::string socket() const { return folder_ / "s.sock"; }
  std::uint16_t port() const { return port_; }

  // A cache of the files, and what else is given.
  void configure(const std::string& more) const {
    write("[daemon]\nfolder = \"" + state() +
          "\"\npatience = \"5s\"\n[server]\nport = " + std::to_string(port_) + "\nsocket = \"" + socket() +
          "\"\n[history]\nloss_window = \"50ms\"\n[[origin]]\nname = \"files\"\n"
          "kind = \"file\"\nroot = \"" +
          files().string() +
          "\"\n[[cache]]\nname = \"pages\"\norigin = \"files\"\ncapacity_mb = 4\nhold_out = 0\n" + more);
  }
  void write(const std::string& text) const { std::ofstream{configuration()} << text; }

  // Starts `stoker serve`; variables are "STOKER_X=1".
  void start(const std::vector<std::string>& variables = {}) {
    std::vector<std::string> command{"env"};
    command.insert(command.end(), variables.begin(), variables.end());
    for (const auto* word : {STOKER_BINARY, "serve", "--config"}) command.emplace_back(word);
    command.push_back(configuration());
    process_ = std::make_unique<server_process>(command, log_path());
  }
  // The same, until it serves.
  void serve(const std::vector<std::string>& variables = {}) {
    start(variables);
    wait_for("stoker serves");
  }

  // A line that came after those that were waited for before.
  void wait_for(const std::string& text) {
    const bool came = process_->wait_until([&] { return log().find(text, read_) != std::string::npos; });
    BOOST_REQUIRE_MESSAGE(came, "no \"" + text + "\" in: " + log());
    read_ = log().find(text, read_) + text.size();
  }

  std::string log() const {
    std::ostringstream text;
    text << std::ifstream{log_path()}.rdbuf();
    return text.str();
  }

  // Its exit code; 128 and more: by a signal.
  int end(int signal) {
    process_->send(signal);
    return ended();
  }
  int ended() {
    const auto code = process_->wait_for_end();
    BOOST_REQUIRE_MESSAGE(code >= 0, "it goes on: " + log());
    return code;
  }
  server_process& process() { return *process_; }

 private:
  std::string log_path() const { return folder_ / "log"; }

  temporary_folder folder_;
  std::uint16_t port_;
  std::size_t read_ = 0;
  std::unique_ptr<server_process> process_;
};

}  // namespace stoker::test
