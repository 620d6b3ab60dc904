#include "storage/traces/byte_source.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

namespace stoker {

namespace {

// Bytes asked of the stream below in one go: large enough that calls cost nothing beside decompression.
constexpr std::size_t input_buffer_bytes = 128 * 1024;

class file_source final : public byte_source {
 public:
  explicit file_source(const std::filesystem::path& file) : file_(std::fopen(file.c_str(), "rbe")) {
    if (!file_) throw byte_source_error(std::string("cannot be opened: ") + std::strerror(errno));
  }

  std::size_t read(std::span<char> out) override {
    const auto got = std::fread(out.data(), 1, out.size(), file_.get());
    if (got == 0 && std::ferror(file_.get())) {
      throw byte_source_error(std::string("cannot be read: ") + std::strerror(errno));
    }
    return got;
  }

 private:
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, closer> file_;
};

class memory_source final : public byte_source {
 public:
  explicit memory_source(std::string bytes) : bytes_(std::move(bytes)) {}

  std::size_t read(std::span<char> out) override {
    const auto got = bytes_.copy(out.data(), out.size(), position_);
    position_ += got;
    return got;
  }

 private:
  std::string bytes_;
  std::size_t position_ = 0;
};

// Gives back the bytes that were looked at, then reads on below.
class rewound_source final : public byte_source {
 public:
  rewound_source(std::string head, std::unique_ptr<byte_source> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  std::size_t read(std::span<char> out) override {
    const auto got = head_.read(out);
    return got > 0 ? got : rest_->read(out);
  }

 private:
  memory_source head_;
  std::unique_ptr<byte_source> rest_;
};

// The part that both decompressors share: a buffer of compressed bytes, refilled when it is used up.
class compressed_input {
 public:
  explicit compressed_input(std::unique_ptr<byte_source> below) : below_(std::move(below)) {}

  // Bytes not consumed yet; empty at the end only.
  std::span<char> available() {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = below_->read(buffer_);
    }
    return std::span(buffer_).subspan(begin_, end_ - begin_);
  }

  void consume(std::size_t bytes) { begin_ += bytes; }

 private:
  std::unique_ptr<byte_source> below_;
  std::vector<char> buffer_ = std::vector<char>(input_buffer_bytes);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class gzip_source final : public byte_source {
 public:
  explicit gzip_source(std::unique_ptr<byte_source> below) : input_(std::move(below)) {
    constexpr int gzip_window_bits = 15 + 16;  // zlib: 16 more asks for the gzip wrapper
    if (inflateInit2(&stream_, gzip_window_bits) != Z_OK) throw std::bad_alloc();
  }
  gzip_source(const gzip_source&) = delete;
  gzip_source& operator=(const gzip_source&) = delete;
  ~gzip_source() override { inflateEnd(&stream_); }

  std::size_t read(std::span<char> out) override {
    while (true) {
      const auto in = input_.available();
      if (in.empty()) {
        if (inside_member_) throw byte_source_error("gzip data that ends too early");
        return 0;
      }
      if (const auto got = inflate_some(in, out); got > 0) return got;
    }
  }

 private:
  std::size_t inflate_some(std::span<char> in, std::span<char> out) {
    inside_member_ = true;
    stream_.next_in = reinterpret_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), input_buffer_bytes));
    const auto room = stream_.avail_out;
    const auto status = inflate(&stream_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      throw byte_source_error("damaged gzip data");
    }
    input_.consume(in.size() - stream_.avail_in);
    if (status == Z_STREAM_END) {  // members may follow one another (RFC 1952, 2.2)
      inside_member_ = false;
      inflateReset(&stream_);
    }
    return room - stream_.avail_out;
  }

  compressed_input input_;
  z_stream stream_{};
  bool inside_member_ = false;
};

class zstd_source final : public byte_source {
 public:
  explicit zstd_source(std::unique_ptr<byte_source> below)
      : input_(std::move(below)), stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
  }

  std::size_t read(std::span<char> out) override {
    while (true) {
      const auto in = input_.available();
      if (in.empty() && frame_finished_) return 0;
      const auto got = decompress_some(in, out);
      if (got > 0) return got;
      if (in.empty()) throw byte_source_error("zstd data that ends too early");
    }
  }

 private:
  std::size_t decompress_some(std::span<char> in, std::span<char> out) {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const auto status = ZSTD_decompressStream(stream_.get(), &output, &input);
    if (ZSTD_isError(status)) throw byte_source_error("damaged zstd data");
    frame_finished_ = status == 0;
    input_.consume(input.pos);
    return output.pos;
  }

  struct freer {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  compressed_input input_;
  std::unique_ptr<ZSTD_DStream, freer> stream_;
  bool frame_finished_ = true;
};

std::string read_head(byte_source& raw, std::size_t bytes) {
  std::string head(bytes, '\0');
  std::size_t filled = 0;
  while (filled < bytes) {
    const auto got = raw.read(std::span(head).subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  head.resize(filled);
  return head;
}

}  // namespace

std::unique_ptr<byte_source> open_file(const std::filesystem::path& file) {
  return std::make_unique<file_source>(file);
}

std::unique_ptr<byte_source> from_memory(std::string bytes) {
  return std::make_unique<memory_source>(std::move(bytes));
}

std::unique_ptr<byte_source> decompressed(std::unique_ptr<byte_source> raw) {
  constexpr std::string_view gzip_magic = "\x1f\x8b";
  constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";
  const auto head = read_head(*raw, zstd_magic.size());
  auto whole = std::make_unique<rewound_source>(head, std::move(raw));
  if (head.starts_with(gzip_magic)) return std::make_unique<gzip_source>(std::move(whole));
  if (head.starts_with(zstd_magic)) return std::make_unique<zstd_source>(std::move(whole));
  return whole;
}

}  // namespace stoker
