#include "storage/origins/postgres_connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;
using kind = postgres_answer::kind;

constexpr Oid bytea_type = 17;           // pg_type.dat
constexpr std::size_t query_number = 2;  // after BEGIN and the timeout
constexpr double longest_ttl_s = 3.2e9;  // a century

void ignore_notice(void*, const char*) {}

struct clears {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result_handle = std::unique_ptr<PGresult, clears>;

// "FATAL:  28P01: password ..." as libpq writes it when it is told to be verbose.
std::string sqlstate_in(std::string_view text) {
  for (std::size_t at = text.find(":  "); at != std::string_view::npos; at = text.find(":  ", at + 1)) {
    const auto code = text.substr(at + 3, 5);
    const bool fits = code.size() == 5 && text.substr(at + 8, 2) == ": " &&
                      std::all_of(code.begin(), code.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
    if (fits) return std::string{code};
  }
  return {};
}

// On one line, and without where in the server's source it comes from.
std::string one_line(std::string text) {
  text = text.substr(0, text.find("\nLOCATION:"));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

duration ttl_of(const PGresult* result) {
  if (PQnfields(result) < 2 || PQgetisnull(result, 0, 1) != 0) return duration::zero();
  const char* text = PQgetvalue(result, 0, 1);
  double seconds = 0;
  std::from_chars(text, text + PQgetlength(result, 0, 1), seconds);
  if (!(seconds > 0)) return duration::zero();
  return std::chrono::duration_cast<duration>(
      std::chrono::duration<double>{std::min(seconds, longest_ttl_s)});
}

std::string value_of(const PGresult* result) {
  const char* text = PQgetvalue(result, 0, 0);
  if (PQftype(result, 0) != bytea_type) return {text, static_cast<std::size_t>(PQgetlength(result, 0, 0))};
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, decltype(&PQfreemem)> bytes{
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size), &PQfreemem};
  return bytes ? std::string{reinterpret_cast<const char*>(bytes.get()), size} : std::string{};
}

postgres_answer no_rows_possible() {
  postgres_answer made;
  made.what = kind::error;
  made.sqlstate = "42601";  // a mistake in the statement
  made.error = "the statement gives no rows; make it a SELECT";
  return made;
}

// What stands behind the connection string counts more than what stands in it.
void add_tls(const postgres_tls& tls, std::vector<const char*>& names, std::vector<const char*>& texts) {
  const auto add = [&](const char* name, const char* text) {
    names.push_back(name);
    texts.push_back(text);
  };
  add("sslmode", "verify-full");
  add("sslrootcert", tls.ca_file.c_str());
  if (tls.certificate_file.empty()) return;
  add("sslcert", tls.certificate_file.c_str());
  add("sslkey", tls.key_file.c_str());
}

}  // namespace

void postgres_connection::close() noexcept {
  if (connection_ != nullptr) PQfinish(connection_);
  connection_ = nullptr;
}

postgres_answer postgres_connection::broken(const char* context) {
  postgres_answer made;
  made.what = kind::broken;
  made.heard = heard_;
  made.error = context;
  if (connection_ != nullptr) {
    const std::string text = PQerrorMessage(connection_);
    made.sqlstate = sqlstate_in(text);
    if (!text.empty()) made.error = one_line(text);
  }
  close();
  return made;
}

postgres_answer postgres_connection::late() {
  postgres_answer made;
  made.what = kind::timed_out;
  made.error = "no answer before the deadline";
  close();
  return made;
}

int postgres_connection::wait(short events, steady_time deadline) {
  for (;;) {
    const auto left = deadline - steady::now();
    if (left <= left.zero()) return 0;
    const auto ms =
        std::chrono::ceil<std::chrono::milliseconds>(std::min<steady::duration>(left, std::chrono::hours{1}));
    pollfd asked{PQsocket(connection_), events, 0};
    const int ready = ::poll(&asked, 1, static_cast<int>(ms.count()));
    if (ready > 0) return 1;
    if (ready < 0 && errno != EINTR) return -1;
  }
}

postgres_answer postgres_connection::open(const std::string& connection,
                                          const std::optional<postgres_tls>& tls, steady_time deadline) {
  close();
  heard_ = false;
  std::vector<const char*> names{"dbname", "fallback_application_name"};
  std::vector<const char*> texts{connection.c_str(), "stoker"};
  if (tls) add_tls(*tls, names, texts);
  names.push_back(nullptr);
  texts.push_back(nullptr);
  connection_ = PQconnectStartParams(names.data(), texts.data(), 1);
  if (connection_ == nullptr || PQstatus(connection_) == CONNECTION_BAD) return broken("can't connect");
  PQsetNoticeProcessor(connection_, &ignore_notice, nullptr);
  PQsetErrorVerbosity(connection_, PQERRORS_VERBOSE);  // with the SQLSTATE
  for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK; step = PQconnectPoll(connection_)) {
    if (step == PGRES_POLLING_FAILED) return broken("can't connect");
    const int ready = wait(step == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    if (ready == 0) return late();
    if (ready < 0) return broken("can't connect");
  }
  PQsetErrorVerbosity(connection_, PQERRORS_DEFAULT);
  if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1)
    return broken("can't connect");
  postgres_answer made;
  made.what = kind::row;
  return made;
}

bool postgres_connection::send_plain(const char* command) {
  return PQsendQueryParams(connection_, command, 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
}

bool postgres_connection::send(const std::string& statement, const std::vector<std::string>& parameters,
                               steady_time deadline) {
  // The server's clock ends a statement a little earlier than ours, so that the connection lives on.
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady::now());
  const auto timeout =
      "SET LOCAL statement_timeout = " + std::to_string(std::max<std::int64_t>(1, left.count() * 9 / 10));
  std::vector<const char*> texts;
  for (const auto& one : parameters) texts.push_back(one.c_str());
  return send_plain("BEGIN READ ONLY") && send_plain(timeout.c_str()) &&
         PQsendQueryParams(connection_, statement.c_str(), static_cast<int>(texts.size()), nullptr,
                           texts.data(), nullptr, nullptr, 0) == 1 &&
         send_plain("COMMIT") && PQpipelineSync(connection_) == 1;
}

// 1: `result` is the next one, or null at the end of one statement's.
int postgres_connection::next_result(PGresult*& result, steady_time deadline) {
  for (;;) {
    const int unsent = PQflush(connection_);
    if (unsent < 0) return -1;
    if (unsent == 0 && PQisBusy(connection_) == 0) break;
    const int ready = wait(static_cast<short>(unsent == 0 ? POLLIN : POLLIN | POLLOUT), deadline);
    if (ready <= 0) return ready;
    if (PQconsumeInput(connection_) != 1) return -1;
  }
  result = PQgetResult(connection_);
  heard_ = heard_ || result != nullptr;
  return PQstatus(connection_) == CONNECTION_BAD ? -1 : 1;
}

void postgres_connection::take_rows(PGresult* result, postgres_answer& into) {
  const int rows = PQntuples(result);
  if (rows == 0 || into.what == kind::error) return;
  if (rows > 1 || into.what != kind::no_row) {
    into.what = kind::several_rows;
    into.bytes.clear();
    return;
  }
  into.what = kind::row;
  into.is_null = PQnfields(result) == 0 || PQgetisnull(result, 0, 0) != 0;
  if (!into.is_null) into.bytes = value_of(result);
  into.ttl = ttl_of(result);
}

void postgres_connection::take(PGresult* result, std::size_t number, postgres_answer& into) {
  const auto status = PQresultStatus(result);
  if (status == PGRES_FATAL_ERROR && into.what != kind::error) {
    into.what = kind::error;
    const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    into.sqlstate = code == nullptr ? "" : code;
    into.error = one_line(PQresultErrorMessage(result));
  }
  if (number != query_number) return;
  if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) take_rows(result, into);
  if (status == PGRES_COMMAND_OK) into = no_rows_possible();
}

postgres_answer postgres_connection::receive(steady_time deadline) {
  postgres_answer answer;
  answer.what = kind::no_row;
  std::size_t number = 0;
  bool ended = false;  // the statement that was read last
  for (;;) {
    PGresult* raw = nullptr;
    const int ready = next_result(raw, deadline);
    const result_handle result{raw};
    if (ready == 0) return late();
    // A server that shuts down says so before it closes.
    if (raw != nullptr) take(raw, number, answer);
    if (ready < 0 || (raw == nullptr && ended)) {
      auto lost = broken("the connection broke");
      if (answer.what == kind::error && lost.sqlstate.empty()) lost.sqlstate = answer.sqlstate;
      return lost;
    }
    if (raw != nullptr && PQresultStatus(raw) == PGRES_PIPELINE_SYNC) return answer;
    ended = raw == nullptr;
    // Row by row, so that a statement that gives a whole table needs no room for it.
    if (ended && ++number == query_number) PQsetSingleRowMode(connection_);
  }
}

bool postgres_connection::end_failed_transaction(steady_time deadline) {
  if (!send_plain("ROLLBACK") || PQpipelineSync(connection_) != 1) return false;
  const auto answer = receive(deadline);
  return is_open() && answer.what != kind::error;
}

postgres_answer postgres_connection::ask(const std::string& statement,
                                         const std::vector<std::string>& parameters, steady_time deadline) {
  heard_ = false;
  if (!send(statement, parameters, deadline)) return broken("the connection broke");
  auto answer = receive(deadline);
  // The transaction is still open, though it can do nothing any more.
  if (is_open() && PQtransactionStatus(connection_) != PQTRANS_IDLE && !end_failed_transaction(deadline))
    close();
  return answer;
}

}  // namespace stoker
