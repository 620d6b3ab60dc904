#include "apps/feeds/redis_sampling.hpp"

#include <charconv>
#include <random>

#include "apps/feeds/access_batch_writer.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/redis/redis_session.hpp"

namespace stoker::feeds {

namespace {

constexpr double rounds_per_second = 10;
constexpr duration round_time = std::chrono::milliseconds{100};
constexpr duration answer_time = std::chrono::seconds{2};
constexpr duration pause_after_refusal = std::chrono::seconds{5};
constexpr int rounds_between_counts = 100;  // of the keys there are
constexpr double most_of_one_key = 0.25;    // of a round's accesses: chance must not fill it with one key
constexpr double smoothing = 0.05;          // of what the latest round stood for

[[noreturn]] void refuse(const std::string& what) {
  throw error{errc::invalid_argument, "redis sampling: " + what};
}

double number_of(std::string_view text, double otherwise) {
  double number = 0;
  const auto failed = std::from_chars(text.data(), text.data() + text.size(), number).ec;
  return failed == std::errc{} ? number : otherwise;
}

}  // namespace

void validate(const redis_sampling_config& config) {
  if (!(config.commands_per_second >= 2 && config.commands_per_second <= 100'000))
    refuse("commands_per_second must be 2 to 100000");
  if (!(config.max_accesses_per_second >= 1 && config.max_accesses_per_second <= 1e6))
    refuse("max_accesses_per_second must be 1 to 1000000");
  if (!(config.assumed.log_factor >= 0) || !(config.assumed.decay_minutes >= 0))
    refuse("log_factor and decay_minutes must not be negative");
  if (config.server.cluster)
    refuse("a cluster is sampled node by node: make a feed for each master, and leave cluster out");
  redis_session{config.server};  // says what is wrong with it
}

// What the feed's thread works with.
class redis_sampling::sampler {
 public:
  sampler(redis_sampling& owner, const stop_signal& stop)
      : owner_(owner),
        stop_(stop),
        session_(owner.config_.server),
        settings_(owner.config_.assumed),
        writer_(owner.sink_, owner.counts_, access_writer::short_wait),
        random_(hash_key(owner.config_.server.where.shown())) {}

  void run() {
    for (int round = 0; !stop_.raised(); ++round) {
      if (round % rounds_between_counts == 0 || keys_ == 0) learn_size();
      due_ += owner_.config_.commands_per_second / rounds_per_second / 2;
      const auto count = static_cast<std::size_t>(due_);
      due_ -= static_cast<double>(count);
      const bool fine = count == 0 || sample(count);
      if (count > 0) owner_.counts_.source(fine);
      const auto connections = session_.link.connections();
      owner_.counts_.reconnects = connections > 0 ? connections - 1 : 0;
      stop_.wait(fine ? round_time : refused_ ? pause_after_refusal : round_time);
    }
  }

 private:
  static std::chrono::steady_clock::time_point soon() {
    return std::chrono::steady_clock::now() + answer_time;
  }

  bool failed(trouble what) {
    if (what == trouble::none) return false;
    owner_.counts_.error(session_.link.last_error());
    return true;
  }

  void learn_size() {
    refused_ = false;
    keys_ = 0;
    const auto read_size = [this](const redisReply& reply) {
      if (reply.type == REDIS_REPLY_INTEGER) keys_ = static_cast<double>(reply.integer);
    };
    if (failed(session_.ask({"DBSIZE"}, soon(), read_size))) return;
    learn("lfu-log-factor", settings_.log_factor);
    learn("lfu-decay-time", settings_.decay_minutes);
  }

  // What may not be asked stays as it was assumed.
  void learn(std::string_view name, double& into) {
    session_.ask({"CONFIG", "GET", name}, soon(), [&](const redisReply& reply) {
      if (reply.type == REDIS_REPLY_ARRAY && reply.elements == 2)
        into = number_of(text_of(*reply.element[1]), into);
    });
  }

  bool sample(std::size_t count) {
    std::vector<std::string> names;
    redis_session::batch draw;
    draw.items = count;
    draw.append = [](std::string& out, std::size_t) { append_command(out, {"RANDOMKEY"}); };
    draw.on_reply = [&](std::size_t, const redisReply& reply) {
      if (reply.type == REDIS_REPLY_STRING) names.emplace_back(text_of(reply));
    };
    auto problem = trouble::none;
    session_.run(draw, soon(), problem);
    if (failed(problem)) return false;
    return ask_rates(names);
  }

  bool ask_rates(const std::vector<std::string>& names) {
    std::vector<double> rates(names.size());
    std::string refusal;
    redis_session::batch ask;
    ask.items = names.size();
    ask.append = [&](std::string& out, std::size_t item) {
      append_command(out, {"OBJECT", "FREQ", names[item]});
    };
    ask.on_reply = [&](std::size_t item, const redisReply& reply) {
      if (reply.type == REDIS_REPLY_INTEGER) rates[item] = uses_per_second(reply.integer, settings_);
      if (reply.type == REDIS_REPLY_ERROR) refusal = text_of(reply);
    };
    auto problem = trouble::none;
    session_.run(ask, soon(), problem);
    if (failed(problem)) return false;
    refused_ = !refusal.empty();
    if (refused_) {
      owner_.counts_.error("the server keeps no count of uses; set maxmemory-policy to an LFU one: " +
                           refusal);
      return false;
    }
    record(names, rates);
    return true;
  }

  void record(const std::vector<std::string>& names, const std::vector<double>& rates) {
    const auto& config = owner_.config_;
    const double most = config.max_accesses_per_second / rounds_per_second;
    std::vector<double> means;
    double sum = 0;
    for (const double rate : rates) {
      means.push_back(uses_of_round(rate, 1 / rounds_per_second, keys_, static_cast<double>(names.size())));
      sum += means.back();
    }
    usual_ = usual_ == 0 ? sum : usual_ + smoothing * (sum - usual_);
    const double thinned = std::min(1.0, most / std::max(usual_, 1e-9));
    std::uniform_real_distribution<double> lot{0, 1};
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!names[i].starts_with(config.server.key_prefix) ||
          names[i].size() == config.server.key_prefix.size()) {
        ++owner_.counts_.received;
        ++owner_.counts_.left_out;
        continue;
      }
      write(names[i], drawn(std::min(means[i] * thinned, most * most_of_one_key + 1), lot(random_)));
    }
    writer_.flush(stop_);
  }

  void write(const std::string& name, std::uint64_t times) {
    reported_access access;
    access.key = std::string_view{name}.substr(owner_.config_.server.key_prefix.size());
    access.outcome = access_outcome::sampled;
    owner_.counts_.received += times;
    for (std::uint64_t i = 0; i < times; ++i) writer_.add(access, stop_);
  }

  redis_sampling& owner_;
  const stop_signal& stop_;
  redis_session session_;
  lfu_settings settings_;
  access_batch_writer writer_;
  std::mt19937_64 random_;
  double keys_ = 0;
  double due_ = 0;    // commands' worth of keys that are still to be asked
  double usual_ = 0;  // accesses that a round stands for
  bool refused_ = false;
};

redis_sampling::redis_sampling(redis_sampling_config config, access_sink sink)
    : config_(std::move(config)), sink_(std::move(sink)) {
  validate(config_);
}

redis_sampling::~redis_sampling() {
  stop();
}

void redis_sampling::start() {
  if (thread_.running()) return;
  thread_.start([this](const stop_signal& stop) { sampler{*this, stop}.run(); });
}

void redis_sampling::stop() {
  thread_.stop();
}

}  // namespace stoker::feeds
