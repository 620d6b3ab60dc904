#include "messages/books_codec.hpp"

#include <msgpack.hpp>

#include "messages/bounded_unpack.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t books_version = 1;
constexpr std::uint32_t account_fields = 11;

// The numbers of an account, in the order of the format.
constexpr std::uint64_t strategy_account::*numbers[] = {
    &strategy_account::warmed,   &strategy_account::used,        &strategy_account::wasted,
    &strategy_account::loads,    &strategy_account::measured,    &strategy_account::measured_hits,
    &strategy_account::controls, &strategy_account::control_hits};

// Throws what msgpack throws.
const msgpack::object_array& array_of(const msgpack::object& packed, std::uint32_t fields) {
  if (packed.type != msgpack::type::ARRAY || packed.via.array.size < fields) throw msgpack::type_error{};
  return packed.via.array;
}

strategy_account unpack_account(const msgpack::object_array& fields) {
  strategy_account account;
  account.strategy = fields.ptr[0].as<std::string>();
  std::uint32_t next = 1;
  for (const auto number : numbers) account.*number = fields.ptr[next++].as<std::uint64_t>();
  const auto standing = fields.ptr[next++].as<std::uint32_t>();
  const auto known = standing <= static_cast<std::uint32_t>(strategy_standing::throttled);
  if (!known || account.measured_hits > account.measured || account.control_hits > account.controls)
    throw msgpack::type_error{};
  account.standing = static_cast<strategy_standing>(standing);
  account.because = fields.ptr[next].as<std::string>();
  return account;
}

}  // namespace

std::string encode_books(const warmer_books& books) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> to{buffer};
  to.pack_array(3);
  to.pack(books_version);
  to.pack(books.next_run);
  to.pack_array(static_cast<std::uint32_t>(books.accounts.size()));
  for (const auto& account : books.accounts) {
    to.pack_array(account_fields);
    to.pack(account.strategy);
    for (const auto number : numbers) to.pack(account.*number);
    to.pack(static_cast<std::uint32_t>(account.standing));
    to.pack(account.because);
  }
  return {buffer.data(), buffer.size()};
}

std::optional<warmer_books> decode_books(std::string_view bytes) {
  try {
    const auto handle = bounded_unpack(bytes);
    const auto& whole = array_of(handle.get(), 3);
    if (whole.ptr[0].as<std::uint32_t>() != books_version) return std::nullopt;
    warmer_books books;
    books.next_run = whole.ptr[1].as<std::uint64_t>();
    const auto& accounts = array_of(whole.ptr[2], 0);
    for (std::uint32_t i = 0; i < accounts.size; ++i)
      books.accounts.push_back(unpack_account(array_of(accounts.ptr[i], account_fields)));
    return books;
  } catch (const std::exception&) {
    return std::nullopt;  // msgpack throws on truncated bytes and on wrong types alike
  }
}

}  // namespace stoker
