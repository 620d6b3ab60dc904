#include "storage/caches/remote/tls_channel.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>

#include "messages/error.hpp"

namespace stoker {

namespace {

// OpenSSL's own socket would raise SIGPIPE where the peer has hung up.
int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int settle(BIO* bio, ssize_t moved, int retry) {
  BIO_clear_retry_flags(bio);
  if (moved < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
  return static_cast<int>(moved);
}

int bio_write(BIO* bio, const char* from, int size) {
  const auto sent = ::send(socket_of(bio), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  return settle(bio, sent, BIO_FLAGS_WRITE);
}

int bio_read(BIO* bio, char* into, int size) {
  return settle(bio, ::recv(socket_of(bio), into, static_cast<std::size_t>(size), 0), BIO_FLAGS_READ);
}

long bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* quiet_socket() {
  static BIO_METHOD* const made = [] {
    auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
  }();
  return made;
}

// The first error that OpenSSL noted, which is the cause of the others.
std::string noted_error(unsigned long number) {
  char text[256];
  ERR_error_string_n(number, text, sizeof text);
  return number == 0 ? "no reason given" : text;
}

[[noreturn]] void refuse(const std::string& what, const std::string& file) {
  throw error{errc::invalid_argument,
              "TLS: " + what + " " + file + " can't be used: " + noted_error(ERR_get_error())};
}

bool is_address(const std::string& name) {
  in6_addr room{};
  return ::inet_pton(AF_INET, name.c_str(), &room) == 1 || ::inet_pton(AF_INET6, name.c_str(), &room) == 1;
}

}  // namespace

struct tls_context::parts {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
};

tls_context::tls_context(const tls_settings& settings) : parts_(std::make_unique<parts>()) {
  auto* context = parts_->context.get();
  if (context == nullptr) throw error{errc::unavailable, "TLS: " + noted_error(ERR_get_error())};
  if (settings.certificate_file.empty() != settings.key_file.empty())
    throw error{errc::invalid_argument, "TLS: give both the client's certificate and its key, or neither"};
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (settings.ca_file.empty())
    SSL_CTX_set_default_verify_paths(context);
  else if (SSL_CTX_load_verify_locations(context, settings.ca_file.c_str(), nullptr) != 1)
    refuse("the authority's certificate", settings.ca_file);
  if (settings.certificate_file.empty()) return;
  if (SSL_CTX_use_certificate_chain_file(context, settings.certificate_file.c_str()) != 1)
    refuse("the client's certificate", settings.certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    refuse("the client's key", settings.key_file);
}

tls_context::~tls_context() = default;

struct tls_channel::parts {
  std::unique_ptr<SSL, decltype(&SSL_free)> session;
};

tls_channel::tls_channel(const tls_context& context, int descriptor, const std::string& server_name)
    : parts_(new parts{{SSL_new(context.parts_->context.get()), &SSL_free}}) {
  auto* session = parts_->session.get();
  if (session == nullptr) throw std::bad_alloc{};
  auto* socket = BIO_new(quiet_socket());
  if (socket == nullptr) throw std::bad_alloc{};
  BIO_set_data(socket, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
  BIO_set_init(socket, 1);
  SSL_set_bio(session, socket, socket);
  SSL_set_connect_state(session);
  if (is_address(server_name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), server_name.c_str());
  } else {
    SSL_set1_host(session, server_name.c_str());
    // The macro for it casts as C does.
    SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(server_name.c_str()));
  }
}

tls_channel::~tls_channel() = default;

tls_channel::step tls_channel::result(int returned) {
  if (returned > 0) return step::moved;
  auto* session = parts_->session.get();
  switch (SSL_get_error(session, returned)) {
    case SSL_ERROR_WANT_READ:
      return step::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return step::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return step::closed;
    case SSL_ERROR_SYSCALL:
      errno = errno == 0 ? ECONNRESET : errno;
      return step::closed;
    default:
      break;
  }
  const auto number = ERR_get_error();
  const auto verified = SSL_get_verify_result(session);
  // Alerts of the peer's have numbers of their own: it does not accept this side, or what it said.
  distrusted_ = verified != X509_V_OK || ERR_GET_REASON(number) >= SSL_AD_REASON_OFFSET;
  error_ = verified != X509_V_OK
               ? std::string{"the server's certificate: "} + X509_verify_cert_error_string(verified)
               : noted_error(number);
  return ERR_GET_REASON(number) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? step::closed : step::failed;
}

tls_channel::step tls_channel::shake_hands() {
  ERR_clear_error();
  errno = 0;
  return result(SSL_do_handshake(parts_->session.get()));
}

tls_channel::step tls_channel::read(char* into, std::size_t size, std::size_t& got) {
  ERR_clear_error();
  errno = 0;
  return result(SSL_read_ex(parts_->session.get(), into, size, &got));
}

tls_channel::step tls_channel::write(const char* from, std::size_t size, std::size_t& sent) {
  ERR_clear_error();
  errno = 0;
  return result(SSL_write_ex(parts_->session.get(), from, size, &sent));
}

}  // namespace stoker
