#include "tests/storage/caches/http_proxies.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace stoker::test {

namespace {

constexpr const char* purge_module = "/usr/lib/nginx/modules/ngx_http_cache_purge_module.so";

class nginx_proxy final : public proxy {
 public:
  explicit nginx_proxy(std::uint16_t origin_port) {
    std::filesystem::create_directory(folder_ / "temporary");
    std::ofstream{folder_ / "nginx.conf"} << settings(origin_port);
    start();
  }

  http_cache_config config() const override {
    auto made = common_config();
    made.status_header = "X-Cache-Status";
    return made;
  }

  void start() override {
    std::filesystem::remove(folder_ / "nothing");  // nginx leaves it behind when it is killed
    process_ = std::make_unique<server_process>(
        std::vector<std::string>{"nginx", "-p", folder_.path().string(), "-c", folder_ / "nginx.conf", "-e",
                                 folder_ / "error.log"},
        folder_ / "log");
    if (!process_->wait_until([this] { return answers(); }))
      throw std::runtime_error{"nginx did not start; see its log"};
  }

  void empty() override {
    for (const auto& one : std::filesystem::directory_iterator{folder_ / "cache"})
      std::filesystem::remove_all(one.path());
  }

 private:
  std::string settings(std::uint16_t origin_port) const {
    const auto folder = folder_.path().string();
    std::string text = std::string{"load_module "} + purge_module + ";\n";
    if (::geteuid() == 0) text += "user root;\n";
    // One process, so that none is left when it is killed.
    text += "daemon off;\nmaster_process off;\npid " + folder + "/pid;\nevents {}\nhttp {\naccess_log off;\n";
    for (const char* what : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      text += std::string{what} + "_temp_path " + folder + "/temporary/" + what + ";\n";
    text += "proxy_cache_path " + folder + "/cache keys_zone=pages:1m inactive=1h use_temp_path=off;\n";
    text += "upstream origin { server 127.0.0.1:" + std::to_string(origin_port) + "; }\n";
    text += "upstream nothing { server unix:" + folder + "/nothing; }\n";
    text += "server { listen unix:" + folder + "/nothing; return 504; }\n";
    return text + R"(
map $http_cache_control $cache_upstream { default origin; ~only-if-cached nothing; }
map $http_cache_control $cache_refresh { default 0; ~no-cache 1; }
server {
  listen 127.0.0.1:)" +
           std::to_string(port_) + R"(;
  location / {
    proxy_cache pages;
    if ($request_method = PURGE) { rewrite ^ /purge last; }
    proxy_cache_key "$request_uri $http_accept_language";
    proxy_cache_bypass $cache_refresh;
    proxy_pass http://$cache_upstream;
    add_header X-Cache-Status $upstream_cache_status always;
  }
  location = /purge {
    internal;
    allow 127.0.0.1;
    deny all;
    proxy_cache_purge pages "$request_uri $http_accept_language";
  }
}
}
)";
  }
};

class varnish_proxy final : public proxy {
 public:
  explicit varnish_proxy(std::uint16_t origin_port) {
    std::ofstream{folder_ / "cache.vcl"} << settings(origin_port);
    start();
  }

  http_cache_config config() const override {
    auto made = common_config();
    made.status_header = "X-Cache";
    made.clear_url = url() + "/";
    return made;
  }

  void start() override {
    process_ = std::make_unique<server_process>(
        std::vector<std::string>{"varnishd", "-F", "-j", "none", "-n", folder_ / "varnish", "-f",
                                 folder_ / "cache.vcl", "-a", "127.0.0.1:" + std::to_string(port_), "-s",
                                 "malloc,32m"},
        folder_ / "log");
    if (!process_->wait_until([this] { return answers(); }))
      throw std::runtime_error{"Varnish did not start; see its log"};
  }

  void empty() override {
    process_->stop();
    start();
  }

 private:
  static std::string settings(std::uint16_t origin_port) {
    return R"(vcl 4.1;
backend origin { .host = "127.0.0.1"; .port = ")" +
           std::to_string(origin_port) + R"("; }
acl may_purge { "127.0.0.1"; }
sub vcl_recv {
  if (req.method == "PURGE" || req.method == "BAN") {
    if (client.ip !~ may_purge) { return (synth(403)); }
    if (req.method == "PURGE") { return (purge); }
    ban("req.url ~ .");
    return (synth(200));
  }
  if (req.http.Cache-Control ~ "no-cache") { set req.hash_always_miss = true; }
}
sub vcl_miss { if (req.http.Cache-Control ~ "only-if-cached") { return (synth(504)); } }
sub vcl_pass { if (req.http.Cache-Control ~ "only-if-cached") { return (synth(504)); } }
sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } else { set resp.http.X-Cache = "MISS"; }
}
)";
  }
};

}  // namespace

proxied_origin::proxied_origin() : server_([this](const heard_request& heard) { return respond(heard); }) {}

void proxied_origin::say(const std::string& text) {
  std::lock_guard guard{mutex_};
  text_ = text;
}

said_answer proxied_origin::respond(const heard_request& heard) const {
  const auto begins = [&](const char* with) { return heard.target.starts_with(with); };
  if (begins("/none")) return answer(404, "no such page");
  if (begins("/private")) return answer(200, "mine", "Cache-Control: no-store\r\n");
  if (begins("/cookie")) return answer(200, "crumbs", "Set-Cookie: a=b\r\nCache-Control: max-age=60\r\n");
  if (begins("/busy")) return answer(503, "");
  if (begins("/lost")) return answer(500, "");
  std::lock_guard guard{mutex_};
  return answer(200, text_ + " in " + heard.header("accept-language"),
                "Cache-Control: max-age=60\r\nVary: Accept-Language\r\n");
}

http_answer proxy::user(const std::string& key, const std::string& header) const {
  http_client client{{}};
  return client.perform({"GET", url() + "/" + key, {header}, {}},
                        std::chrono::steady_clock::now() + std::chrono::seconds{10});
}

bool proxy::hits(const http_answer& answer) const {
  return answer.headers.get(config().status_header == "X-Cache" ? "x-cache" : "x-cache-status") == "HIT";
}

bool proxy::answers() const {
  http_client client{{}};
  return client
             .perform({"HEAD", url() + "/", {"Cache-Control: only-if-cached"}, {}},
                      std::chrono::steady_clock::now() + std::chrono::seconds{1})
             .problem == http_problem::none;
}

http_cache_config proxy::common_config() const {
  http_cache_config made;
  made.urls = {{"*", url() + "/{+key}"}};
  made.headers = {"Accept-Language: de"};
  made.only_if_cached = true;
  made.refresh = http_refresh::bypass;
  made.invalidate_method = "PURGE";
  return made;
}

const proxy_kind nginx{"nginx",
                       [] {
                         if (is_installed("nginx") && std::filesystem::exists(purge_module)) return true;
                         std::cerr << "skipped: nginx has no module that purges\n";
                         return false;
                       },
                       [](std::uint16_t origin_port) -> std::unique_ptr<proxy> {
                         return std::make_unique<nginx_proxy>(origin_port);
                       }};

const proxy_kind varnish{"varnish", [] { return is_installed("varnishd"); },
                         [](std::uint16_t origin_port) -> std::unique_ptr<proxy> {
                           return std::make_unique<varnish_proxy>(origin_port);
                         }};

}  // namespace stoker::test
