// An engine with a cache, served on a free port of the loopback, and a client of it.
#pragma once

#include <httplib.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "apps/control/control_server.hpp"
#include "stoker/engine.hpp"

namespace stoker::test {

inline constexpr const char* test_token = "0123456789abcdef0123456789abcdef";

struct control_fixture {
  using json = nlohmann::json;

  explicit control_fixture(control::control_options options = usual_options(), engine_config config = {})
      : served(std::make_unique<engine>(std::move(config))) {
    pages = std::make_unique<cache_handle>(served->add_cache(cache_of("pages")));
    server = std::make_unique<control::control_server>(*served, std::move(options));
    client = std::make_unique<httplib::Client>("127.0.0.1", server->port());
    client->set_keep_alive(true);
    client->set_read_timeout(60);
  }

  static control::control_options usual_options() {
    control::control_options options;
    options.port = 0;
    options.token = test_token;
    options.feeds = [] {
      control::feed_status feed;
      feed.feed = "web";
      feed.kind = "access_log";
      feed.cache = "pages";
      feed.recorded = 3;
      return std::vector{feed};
    };
    // Tests change the engine behind the server's back.
    options.limits.status_age = {};
    return options;
  }

  static cache_config cache_of(const std::string& name) {
    cache_config config;
    config.name = name;
    config.capacity_bytes = 1 << 20;
    config.hold_out = 0;
    config.observe = true;  // what is cached is what the test asked for
    config.load = [](std::string_view key) { return loaded("page " + std::string{key}); };
    return config;
  }

  // Something to know: `keys` keys, the first of them most often.
  void use(int keys = 20) {
    for (int round = 0; round < 5; ++round)
      for (int key = 0; key < keys; key += 1 + round) pages->get("/page/" + std::to_string(key));
    served->flush();
  }

  httplib::Headers with_token() const { return {{"Authorization", std::string{"Bearer "} + test_token}}; }

  httplib::Result get(const std::string& path) { return client->Get(path, with_token()); }
  httplib::Result post(const std::string& path, const json& body = json::object()) {
    return client->Post(path, with_token(), body.dump(), "application/json");
  }
  // The body of an answer that has this status.
  static json body_of(const httplib::Result& answer) {
    return answer ? json::parse(answer->body, nullptr, false) : json{};
  }
  static int status_of(const httplib::Result& answer) { return answer ? answer->status : -1; }

  std::unique_ptr<engine> served;
  std::unique_ptr<cache_handle> pages;
  std::unique_ptr<control::control_server> server;
  std::unique_ptr<httplib::Client> client;
};

}  // namespace stoker::test
