// An origin in PostgreSQL: one statement, whose parameters are made of the key, and whose one row is the
// value.
//
// The statement is a single one, its parameters travel beside it ($1, $2; their types are the server's to
// infer), so nothing in a key is ever read as SQL. It runs in a read-only transaction of its own, all of it
// in one round trip, with a statement_timeout a little shorter than what is left of the deadline: normally
// the server ends a statement that takes too long, and the connection is kept.
//
//   first column    the value: bytea as its bytes, anything else as its text (row_to_json(t) makes one of
//   many
//                   columns); NULL: absent
//   second column   its TTL in seconds, if there is one; NULL or 0: the cache's own
//   no row          absent
//   several rows    refused, and so is a value that is too long
//
// By SQLSTATE: 28 and 42501 refused (denied); 22, 25, 42, 08P01, 3D and 26 refused: they will not work; 53
// throttled; 57014 failed (timed out); all others failed (unavailable). A key with a zero byte is refused: no
// text in PostgreSQL holds one. A connection that broke is made again, with back-off from 50 ms to 5 s; one
// that was closed while it was idle costs nobody anything.
//
// Over libpq itself, for its calls that don't wait: a server that hangs holds nobody beyond the deadline.
// Host names are looked up by the system's resolver, which has timeouts of its own. `connection` may name a
// service or a password file; libpq's PG* variables count where it says nothing.
//
// Ownership: owns its connections. Threads: any; `connections` loads at once, others wait until their
// deadline.
#pragma once

#include <memory>
#include <optional>

#include "storage/origins/key_template.hpp"
#include "storage/origins/outside_origin.hpp"
#include "storage/origins/postgres_connection.hpp"

namespace stoker {

struct postgres_origin_config {
  std::string connection;  // "host=/run/postgresql dbname=app user=reader", or a postgresql:// URI
  // Of TCP; empty: as the connection string says. A server that is called otherwise than its address has both
  // in the connection string, "host=db.example hostaddr=10.0.0.7".
  std::optional<postgres_tls> tls;
  std::string pattern = "*";                     // of the keys that it loads; others are refused
  std::string statement;                         // "SELECT body FROM pages WHERE id = $1"
  std::vector<std::string> parameters{"{key}"};  // $1 and so on, made of the pattern's parts
  unsigned connections = 8;                      // at once
  duration connect_timeout = std::chrono::seconds{2};
  std::uint64_t max_bytes = 64ull << 20;  // of a value
};

// Throws stoker::error, which names the field and says what to do; never shows the connection string.
void validate(const postgres_origin_config& config);

class postgres_origin final : public outside_origin {
 public:
  // Connects when it is first asked. Throws stoker::error as validate() does.
  explicit postgres_origin(postgres_origin_config config);
  ~postgres_origin() override;

  std::uint64_t connections_made() const noexcept;

 private:
  class pool;

  attempt try_load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;

  const postgres_origin_config config_;
  const key_pattern pattern_;
  std::vector<text_template> parameters_;
  std::unique_ptr<pool> pool_;
};

}  // namespace stoker
