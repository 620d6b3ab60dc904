#include "storage/traces/byte_sink.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace stoker {

namespace {

constexpr int zstd_level = 19;  // traces are written once and kept: smallest wins over fastest
constexpr std::size_t output_buffer_bytes = 128 * 1024;

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what) {
  throw byte_sink_error(fmt::format("{}: {}", file.string(), what));
}

class plain_sink final : public byte_sink {
 public:
  explicit plain_sink(const std::filesystem::path& file)
      : path_(file), file_(std::fopen(file.c_str(), "wbe")) {
    if (!file_) fail_with_errno("cannot be created");
  }

  void write(std::string_view bytes) override {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
      fail_with_errno("cannot be written");
  }

  void finish() override {
    if (std::fclose(file_.release()) != 0) fail_with_errno("cannot be written");
  }

 private:
  [[noreturn]] void fail_with_errno(std::string_view what) const {
    fail(path_, fmt::format("{}: {}", what, std::strerror(errno)));
  }

  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, closer> file_;
};

class gzip_sink final : public byte_sink {
 public:
  explicit gzip_sink(const std::filesystem::path& file) : path_(file), file_(gzopen(file.c_str(), "wb9e")) {
    if (!file_) fail(path_, fmt::format("cannot be created: {}", std::strerror(errno)));
  }

  void write(std::string_view bytes) override {
    if (bytes.empty()) return;
    if (gzfwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
      fail(path_, "cannot be written");
  }

  void finish() override {
    if (gzclose(file_.release()) != Z_OK) fail(path_, "cannot be written");
  }

 private:
  struct closer {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<gzFile_s, closer> file_;
};

class zstd_sink final : public byte_sink {
 public:
  explicit zstd_sink(const std::filesystem::path& file)
      : path_(file), below_(file), stream_(ZSTD_createCStream()), buffer_(output_buffer_bytes) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, zstd_level);
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
  }

  void write(std::string_view bytes) override {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    while (input.pos < input.size) compress(input, ZSTD_e_continue);
  }

  void finish() override {
    ZSTD_inBuffer nothing{nullptr, 0, 0};
    while (compress(nothing, ZSTD_e_end) != 0) continue;
    below_.finish();
  }

 private:
  std::size_t compress(ZSTD_inBuffer& input, ZSTD_EndDirective directive) {
    ZSTD_outBuffer output{buffer_.data(), buffer_.size(), 0};
    const auto left = ZSTD_compressStream2(stream_.get(), &output, &input, directive);
    if (ZSTD_isError(left)) fail(path_, ZSTD_getErrorName(left));
    below_.write({buffer_.data(), output.pos});
    return left;
  }

  struct freer {
    void operator()(ZSTD_CStream* stream) const { ZSTD_freeCStream(stream); }
  };
  std::filesystem::path path_;
  plain_sink below_;
  std::unique_ptr<ZSTD_CStream, freer> stream_;
  std::vector<char> buffer_;
};

}  // namespace

std::unique_ptr<byte_sink> create_file(const std::filesystem::path& file) {
  if (file.extension() == ".gz") return std::make_unique<gzip_sink>(file);
  if (file.extension() == ".zst") return std::make_unique<zstd_sink>(file);
  return std::make_unique<plain_sink>(file);
}

}  // namespace stoker
