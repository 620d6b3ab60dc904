#include "storage/origins/postgres_origin.hpp"

#include <libpq-fe.h>

#include <condition_variable>
#include <mutex>
#include <random>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/remote/reconnect_backoff.hpp"

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;
using kind = postgres_answer::kind;

[[noreturn]] void reject(const std::string& text) {
  throw error{errc::invalid_argument, "PostgreSQL origin: " + text};
}

// Whether an error says that the same will not work later either.
bool is_final(std::string_view sqlstate) {
  for (const std::string_view start : {"22", "25", "26", "28", "3D", "42", "08P01", "0A"})
    if (sqlstate.starts_with(start)) return true;
  return false;
}

bool is_denied(std::string_view sqlstate) {
  return sqlstate.starts_with("28") || sqlstate == "42501";
}

postgres_answer no_connection(kind what, std::string text) {
  postgres_answer made;
  made.what = what;
  made.error = std::move(text);
  return made;
}

}  // namespace

void validate(const postgres_origin_config& config) {
  if (config.statement.empty())
    reject("it has no statement; give one such as SELECT body FROM pages WHERE id = $1");
  if (config.connections == 0) reject("connections is 0; give at least 1");
  if (config.connect_timeout <= duration::zero()) reject("connect_timeout must be positive");
  if (config.max_bytes == 0) reject("max_bytes is 0; give the size of the longest value");
  if (config.tls && config.tls->ca_file.empty())
    reject("tls has no ca_file; name the certificate that the server's is signed by");
  if (config.tls && config.tls->certificate_file.empty() != config.tls->key_file.empty())
    reject("certificate_file and key_file belong together; give both or neither");
  const key_pattern pattern{config.pattern};
  for (const auto& one : config.parameters) text_template{one, pattern, insertion::verbatim};
  char* problem = nullptr;
  auto* parsed = PQconninfoParse(config.connection.c_str(), &problem);
  PQfreemem(problem);  // it may show a password
  if (parsed == nullptr)
    reject("the connection string can't be read; write it as \"host=... dbname=... user=...\" or as a URI");
  PQconninfoFree(parsed);
}

// Connections that are idle, and how many there are.
class postgres_origin::pool {
 public:
  explicit pool(const postgres_origin_config& config)
      : config_(config), random_(static_cast<std::uint_fast32_t>(hash_key(config.statement))) {}

  postgres_answer ask(const std::vector<std::string>& parameters, steady::time_point deadline);
  std::uint64_t made() const noexcept { return made_.load(std::memory_order_relaxed); }

 private:
  using connection = std::unique_ptr<postgres_connection>;

  connection take(steady::time_point deadline);
  void give_back(connection used);
  postgres_answer open(postgres_connection& fresh, steady::time_point deadline);
  postgres_answer ask(postgres_connection& mine, const std::vector<std::string>& parameters,
                      steady::time_point deadline);

  const postgres_origin_config& config_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned taken_ = 0;
  std::vector<connection> idle_;
  reconnect_backoff backoff_;
  std::minstd_rand random_;
  std::string last_problem_;  // why the latest connection was not made
  std::string last_sqlstate_;
  std::atomic<std::uint64_t> made_{0};
};

// Null: all were busy until the deadline.
postgres_origin::pool::connection postgres_origin::pool::take(steady::time_point deadline) {
  std::unique_lock lock{mutex_};
  if (!changed_.wait_until(lock, deadline, [this] { return taken_ < config_.connections; })) return nullptr;
  ++taken_;
  if (idle_.empty()) return std::make_unique<postgres_connection>();
  auto last = std::move(idle_.back());
  idle_.pop_back();
  return last;
}

void postgres_origin::pool::give_back(connection used) {
  std::lock_guard lock{mutex_};
  if (used->is_open()) idle_.push_back(std::move(used));
  --taken_;
  changed_.notify_one();
}

postgres_answer postgres_origin::pool::open(postgres_connection& fresh, steady::time_point deadline) {
  {
    std::lock_guard lock{mutex_};
    if (!backoff_.may_try(steady::now())) {
      auto waits = no_connection(kind::broken, "not tried again yet after: " + last_problem_);
      waits.sqlstate = last_sqlstate_;
      return waits;
    }
  }
  const auto until = std::min(deadline, steady::now() + config_.connect_timeout);
  auto opened = fresh.open(config_.connection, config_.tls, until);
  std::lock_guard lock{mutex_};
  if (opened.what == kind::row) {
    backoff_.worked();
    made_.fetch_add(1, std::memory_order_relaxed);
  } else {
    backoff_.failed(steady::now(), std::uniform_real_distribution<double>{0, 1}(random_));
    last_problem_ = opened.error;
    last_sqlstate_ = opened.sqlstate;
  }
  return opened;
}

postgres_answer postgres_origin::pool::ask(postgres_connection& mine,
                                           const std::vector<std::string>& parameters,
                                           steady::time_point deadline) {
  const bool reused = mine.is_open();
  if (reused) {
    auto answer = mine.ask(config_.statement, parameters, deadline);
    // Closed while it was idle: nothing was answered, and reading twice does no harm.
    if (answer.what != kind::broken) return answer;
  }
  auto opened = open(mine, deadline);
  if (opened.what != kind::row) return opened;
  return mine.ask(config_.statement, parameters, deadline);
}

postgres_answer postgres_origin::pool::ask(const std::vector<std::string>& parameters,
                                           steady::time_point deadline) {
  if (steady::now() >= deadline)
    return no_connection(kind::timed_out, "the deadline had passed before anything was sent");
  auto mine = take(deadline);
  if (!mine) return no_connection(kind::timed_out, "every connection was busy until the deadline");
  auto answer = ask(*mine, parameters, deadline);
  give_back(std::move(mine));
  return answer;
}

postgres_origin::postgres_origin(postgres_origin_config config)
    : config_((validate(config), std::move(config))),
      pattern_(config_.pattern),
      pool_(std::make_unique<pool>(config_)) {
  for (const auto& one : config_.parameters) parameters_.emplace_back(one, pattern_, insertion::verbatim);
}

postgres_origin::~postgres_origin() = default;

std::uint64_t postgres_origin::connections_made() const noexcept {
  return pool_->made();
}

outside_origin::attempt postgres_origin::try_load(std::string_view key, steady::time_point deadline) {
  const auto parts = pattern_.match(key);
  if (!parts)
    return attempt::refused(trouble::unsupported, "the key does not match the pattern " + config_.pattern);
  if (key.find('\0') != std::string_view::npos)
    return attempt::refused(trouble::unsupported,
                            "the key holds a zero byte, and no text in PostgreSQL does");
  std::vector<std::string> parameters;
  for (const auto& one : parameters_) parameters.push_back(one.fill(*parts).value_or(""));
  const auto answer = pool_->ask(parameters, deadline);
  switch (answer.what) {
    case kind::row:
      if (answer.is_null) return attempt::absent("the value is NULL");
      if (answer.bytes.size() > config_.max_bytes)
        return attempt::refused(trouble::rejected, "a value of " + std::to_string(answer.bytes.size()) +
                                                       " bytes is longer than the most that is loaded");
      return attempt::loaded(answer.bytes, answer.ttl);
    case kind::no_row:
      return attempt::absent("the statement gave no row");
    case kind::several_rows:
      return attempt::refused(trouble::rejected,
                              "the statement gave several rows; make it give one (LIMIT 1)");
    case kind::timed_out:
      return attempt::failed(trouble::timed_out, answer.error);
    case kind::broken:
    case kind::error:
      break;
  }
  const std::string& state = answer.sqlstate;
  if (is_final(state))
    return attempt::refused(is_denied(state) ? trouble::denied : trouble::rejected, answer.error);
  if (state.starts_with("53")) return attempt::throttled({}, answer.error);
  return attempt::failed(state == "57014" ? trouble::timed_out : trouble::unavailable, answer.error);
}

}  // namespace stoker
