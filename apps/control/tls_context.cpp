#include "apps/control/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>
#include <string>

#include "messages/error.hpp"

namespace stoker::control {

namespace {

// OpenSSL has no words of its own for what the system says.
std::string words_of(unsigned long reason) {
  if (reason == 0) return "unknown reason";
  if (ERR_SYSTEM_ERROR(reason)) return std::strerror(ERR_GET_REASON(reason));
  const char* text = ERR_reason_error_string(reason);
  return text ? text : "unknown reason";
}

[[noreturn]] void reject(const std::string& option, const std::string& file) {
  const auto reason = ERR_get_error();
  ERR_clear_error();
  throw error{errc::invalid_argument,
              "control_options.tls." + option + ": " + file + " can't be used: " + words_of(reason)};
}

void take_clients_of(SSL_CTX* context, const std::string& authority) {
  if (SSL_CTX_load_verify_locations(context, authority.c_str(), nullptr) != 1)
    reject("client_authority", authority);
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(authority.c_str()));
  // Without a certificate a client may still have the token; with a wrong one it is turned away.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

}  // namespace

void tls_deleter::operator()(ssl_st* session) const noexcept {
  SSL_free(session);
}

void tls_deleter::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}

tls_context::tls_context(const tls_files& files) : context_(SSL_CTX_new(TLS_server_method())) {
  auto* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // A session that is resumed would have to say again whose certificate it was: none is.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    reject("certificate", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    reject("key", files.key);
  if (!files.client_authority.empty()) take_clients_of(context, files.client_authority);
}

tls_session tls_context::open(int socket) const {
  tls_session session{SSL_new(context_.get())};
  if (session && SSL_set_fd(session.get(), socket) != 1) session.reset();
  return session;
}

bool is_certified(ssl_st& session) {
  if (SSL_get_verify_mode(&session) == SSL_VERIFY_NONE) return false;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(&session),
                                                                &X509_free};
  return certificate && SSL_get_verify_result(&session) == X509_V_OK;
}

}  // namespace stoker::control
