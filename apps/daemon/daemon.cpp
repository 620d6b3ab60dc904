#include "apps/daemon/daemon.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <map>
#include <mutex>
#include <optional>

#include "apps/control/control_server.hpp"
#include "apps/control/shown_status.hpp"
#include "apps/daemon/assembly.hpp"
#include "apps/daemon/daemon_feeds.hpp"
#include "apps/daemon/log.hpp"
#include "apps/daemon/reload.hpp"
#include "apps/daemon/server_options.hpp"
#include "apps/daemon/state_folder.hpp"
#include "messages/error.hpp"

namespace stoker::daemon {

namespace {

using configuration::daemon_settings;

// What is configured to run in the background, for requests that come while it is replaced.
class usual_start {
 public:
  start_options get() const {
    std::lock_guard guard{mutex_};
    return options_;
  }
  void set(start_options options) {
    std::lock_guard guard{mutex_};
    options_ = std::move(options);
  }

 private:
  mutable std::mutex mutex_;
  start_options options_;
};

engine_config watched(engine_config config, const state_folder& folder) {
  config.redaction_secret = folder.redaction_secret();
  config.on_memory_event = [](const memory_event& event) {
    spdlog::info("memory: {}{}", to_string(event.kind),
                 event.cache.empty() ? std::string{} : ", cache " + event.cache);
  };
  return config;
}

}  // namespace

class running_daemon::implementation {
 public:
  explicit implementation(daemon_settings given)
      : settings_(std::move(given)),
        folder_(settings_.folder),
        origins_(settings_.origins),
        engine_(std::in_place, watched(settings_.engine, folder_)),
        feeds_((folder_.path() / "feeds").string()) {
    add_caches(*engine_, settings_, origins_, scope_of(settings_.changes));
    for (const auto& each : settings_.origins)
      if (each.limits) engine_->limit_origin(each.name, *each.limits);
    begin_background(settings_.warming);
    auto options = options_of(settings_.server);
    if (options.token.empty()) options.token = folder_.token();
    options.plans_folder = folder_.path() / "plans";
    options.log = [](const std::string& line) { spdlog::info("control: {}", line); };
    options.usual_start = [this] { return usual_start_.get(); };
    options.feeds = [this] { return feeds_.status(); };
    server_.emplace(*engine_, std::move(options));
    for (const auto& each : settings_.feeds) feeds_.add(each, *engine_);
    tell_feeds();
  }

  reload_report reload(daemon_settings fresh) {
    validate(fresh);
    const auto changes = compare(settings_, fresh);
    reload_report report;
    report.needs_restart = changes.needs_restart;
    for (const auto& name : changes.new_caches) add_cache(name, fresh, report);
    for (const auto& name : changes.new_rules) set_rules(name, fresh, report);
    for (const auto& name : changes.new_limits) change_limits(name, fresh, report);
    for (const auto& name : changes.feeds) change_feed(name, fresh, report);
    if (changes.background) change_background(fresh, report);
    if (changes.log) change_log(fresh, report);
    return report;
  }

  bool drain() {
    if (!engine_) return true;
    server_.reset();
    feeds_.stop();
    bool kept = true;
    try {
      engine_->stop(settings_.patience);
      kept = engine_->flush();
    } catch (const error& failure) {
      spdlog::error("ending: {}", failure.what());
      kept = false;
    }
    engine_.reset();
    return kept;
  }

  std::string look_around() {
    const auto status = control::shown_status(*engine_);
    for (const auto& line : status.scheduler.schedules) tell_run(line);
    tell_feeds();
    std::uint64_t entries = 0;
    std::uint64_t accesses = 0;
    for (const auto& cache : status.caches) {
      entries += cache.entries;
      accesses += cache.recorded;
    }
    return fmt::format("{} caches, {} entries, {} accesses; background warming {}, {} runs",
                       status.caches.size(), entries, accesses, status.started ? "on" : "off",
                       status.scheduler.cycles);
  }

  std::string url() const { return server_ ? server_->url() : std::string{}; }
  engine& served() noexcept { return *engine_; }

 private:
  void begin_background(const configuration::schedule_settings& warming) {
    usual_start_.set(background_of(warming));
    if (warms_in_background(warming))
      engine_->start(background_of(warming));
    else
      engine_->stop();
  }

  void set_limits(const std::string& name, const daemon_settings& from) {
    for (const auto& each : from.origins) {
      if (each.name != name) continue;
      if (each.limits)
        engine_->limit_origin(name, *each.limits);
      else
        engine_->unlimit_origin(name);
    }
  }

  void change_limits(const std::string& name, const daemon_settings& fresh, reload_report& report) {
    set_limits(name, fresh);
    adopt("origin \"" + name + '"', fresh);
    report.applied.push_back("origin \"" + name + "\" has new limits");
  }

  // What is in force now is what the next reload is compared with.
  void adopt(const std::string& table, const daemon_settings& fresh) {
    if (const auto now = fresh.written.find(table); now != fresh.written.end())
      settings_.written[table] = now->second;
    else
      settings_.written.erase(table);
  }

  void add_cache(const std::string& name, const daemon_settings& fresh, reload_report& report) {
    origins_.add(fresh.origins);
    for (const auto& each : fresh.caches) {
      if (each.config.name != name) continue;
      daemon::add_cache(*engine_, each, origins_, scope_of(settings_.changes));
      settings_.caches.push_back(each);
      set_limits(each.origin, fresh);
      adopt("cache \"" + name + '"', fresh);
      if (!each.origin.empty()) adopt("origin \"" + each.origin + '"', fresh);
    }
    report.applied.push_back("cache \"" + name + "\" was added");
  }

  void set_rules(const std::string& name, const daemon_settings& fresh, reload_report& report) {
    for (const auto& each : fresh.caches) {
      if (each.config.name != name) continue;
      engine_->set_key_rules(name, each.config.include_keys, each.config.exclude_keys);
      for (auto& known : settings_.caches) {
        if (known.config.name != name) continue;
        known.config.include_keys = each.config.include_keys;
        known.config.exclude_keys = each.config.exclude_keys;
      }
      adopt("cache \"" + name + '"', fresh);
    }
    report.applied.push_back("cache \"" + name + "\" has new key rules");
  }

  // All of a feed is its own: it is ended, and begun anew as it is configured now.
  void change_feed(const std::string& name, const daemon_settings& fresh, reload_report& report) {
    const auto table = "feed \"" + name + '"';
    const bool known = settings_.written.contains(table);
    feeds_.remove(name);
    adopt(table, fresh);
    for (const auto& each : fresh.feeds) {
      if (each.name != name) continue;
      feeds_.add(each, *engine_);
      report.applied.push_back(table + (known ? " began anew" : " was added"));
      return;
    }
    report.applied.push_back(table + " was ended");
  }

  void tell_feeds() {
    for (const auto& change : feeds_.look_around())
      spdlog::log(change.found ? spdlog::level::info : spdlog::level::warn, "{}", change.line);
  }

  void change_background(const daemon_settings& fresh, reload_report& report) {
    begin_background(fresh.warming);
    std::erase_if(settings_.written, [](const auto& table) { return is_background(table.first); });
    for (const auto& [table, text] : fresh.written)
      if (is_background(table)) settings_.written[table] = text;
    report.applied.push_back(
        warms_in_background(fresh.warming)
            ? fmt::format("background warming goes by {} schedules", fresh.warming.schedules.size())
            : std::string{"background warming is off"});
  }

  void change_log(const daemon_settings& fresh, reload_report& report) {
    set_up_log(fresh.log);
    settings_.log = fresh.log;
    adopt("log", fresh);
    report.applied.emplace_back("[log] is in force");
  }

  void tell_run(const schedule_state& line) {
    auto& told = runs_told_[line.id];
    if (line.runs > told && !line.in_progress && line.last_run != time_point{})
      spdlog::log(line.succeeded ? spdlog::level::info : spdlog::level::warn, "schedule {}: {}", line.id,
                  line.result);
    told = line.runs;
  }

  daemon_settings settings_;  // in force
  state_folder folder_;
  origin_shelf origins_;
  std::optional<engine> engine_;
  daemon_feeds feeds_;  // go before the engine
  usual_start usual_start_;
  std::optional<control::control_server> server_;  // goes before what it serves
  std::map<std::string, std::uint64_t> runs_told_;
};

running_daemon::running_daemon(daemon_settings settings)
    : implementation_(std::make_unique<implementation>(std::move(settings))) {}

running_daemon::~running_daemon() {
  implementation_->drain();
}

reload_report running_daemon::reload(daemon_settings fresh) {
  return implementation_->reload(std::move(fresh));
}

bool running_daemon::drain() {
  return implementation_->drain();
}

std::string running_daemon::look_around() {
  return implementation_->look_around();
}

std::string running_daemon::url() const {
  return implementation_->url();
}

engine& running_daemon::served() noexcept {
  return implementation_->served();
}

}  // namespace stoker::daemon
