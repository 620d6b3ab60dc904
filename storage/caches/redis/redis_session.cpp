#include "storage/caches/redis/redis_session.hpp"

#include "messages/error.hpp"

namespace stoker {

redis_session::redis_session(redis_config given, bool reads_replica)
    : server_session(given.where, [this](socket_stream& stream, steady_time deadline,
                                         std::string& error) { return greet(stream, deadline, error); }),
      config(std::move(given)),
      at_replica(reads_replica) {
  if (config.where.socket_path.empty() && (config.where.host.empty() || config.where.port == 0))
    throw error{errc::invalid_argument, "redis: give a socket's path, or host and port"};
  if (!config.user.empty() && config.password.empty())
    throw error{errc::invalid_argument,
                "redis: user " + config.user + " has no password; give both or neither"};
}

std::string redis_session::greeting(std::size_t& commands) const {
  std::string out;
  commands = 2;
  if (!config.password.empty()) {
    ++commands;
    if (config.user.empty())
      append_command(out, {"AUTH", config.password});
    else
      append_command(out, {"AUTH", config.user, config.password});
  }
  if (config.database != 0) {
    ++commands;
    append_command(out, {"SELECT", std::to_string(config.database)});
  }
  if (at_replica && config.cluster) {
    ++commands;
    append_command(out, {"READONLY"});
  }
  if (!client_id_.empty()) {
    ++commands;
    append_command(out, {"CLIENT", "KILL", "ID", client_id_});
  }
  append_command(out, {"CLIENT", "SETNAME", "stoker"});
  append_command(out, {"CLIENT", "ID"});
  return out;
}

trouble redis_session::greet(socket_stream& stream, steady_time deadline, std::string& error) {
  std::size_t commands = 0;
  const auto out = greeting(commands);
  const std::size_t needed = (config.password.empty() ? 0 : 1) + (config.database == 0 ? 0 : 1) +
                             (at_replica && config.cluster ? 1 : 0);
  auto refused = trouble::none;
  std::string id;
  reply_reader replies{commands, [&](std::size_t number, const redisReply& reply) {
                         if (number + 1 == commands && reply.type == REDIS_REPLY_INTEGER)
                           id = std::to_string(reply.integer);
                         const auto what = trouble_of(reply);
                         // Naming the connection and ending an old one may be forbidden.
                         const bool matters = number < needed || text_of(reply).starts_with("NOAUTH") ||
                                              text_of(reply).starts_with("DENIED");
                         if (what == trouble::none || !matters || refused != trouble::none) return;
                         refused = what;
                         error = text_of(reply);
                       }};
  const auto talked = greet_with(stream, out, replies, deadline);
  if (refused != trouble::none) return refused;
  if (talked == trouble::none) client_id_ = id;
  return talked;
}

std::size_t redis_session::run(const batch& what, steady_time deadline, trouble& failed) {
  if (what.items == 0) return 0;
  return talk<reply_reader>(what.items, what.items, what.append, what.on_reply, deadline, failed);
}

trouble redis_session::ask(std::initializer_list<std::string_view> parts, steady_time deadline,
                           const std::function<void(const redisReply&)>& on_reply) {
  auto refused = trouble::none;
  batch one;
  one.items = 1;
  one.append = [&](std::string& out, std::size_t) { append_command(out, parts); };
  one.on_reply = [&](std::size_t, const redisReply& reply) {
    refused = trouble_of(reply);
    if (refused == trouble::none) on_reply(reply);
  };
  auto failed = trouble::none;
  run(one, deadline, failed);
  return failed != trouble::none ? failed : refused;
}

trouble redis_session::ask_info(std::string_view part, steady_time deadline, redis_info& info) {
  auto kind = trouble::garbled;
  const auto asked = ask({"INFO", part}, deadline, [&](const redisReply& reply) {
    if (reply.type == REDIS_REPLY_STRING) kind = trouble::none;
    info = stoker::read_info(text_of(reply), config.database);
  });
  return asked != trouble::none ? asked : kind;
}

trouble redis_session::read_info(steady_time deadline, redis_info& info) {
  const auto asked = ask_info("all", deadline, info);
  if (asked != trouble::none) return asked;
  // A new process counts from nothing.
  if (info.run_id != run_id_ && !run_id_.empty()) own = {};
  run_id_ = info.run_id;
  replication_offset_ = info.replication_offset;
  return trouble::none;
}

trouble redis_session::read_replication(steady_time deadline, redis_info& info) {
  return ask_info("replication", deadline, info);
}

}  // namespace stoker
