// Reading cold files into the page cache, beside `vmtouch -t`: one file of 2 GiB, and 20,000 small ones;
// alternating, medians. The files stand in a temporary folder (TMPDIR), which needs 2.4 GB; their pages, and
// no others, are dropped before each run.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "bench/peers.hpp"
#include "storage/caches/files/file_reading.hpp"
#include "storage/caches/files/page_cache.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace {

using namespace stoker;

constexpr std::uint64_t large_bytes = 2ull << 30;
constexpr std::size_t small_files = 20'000;
constexpr std::size_t small_bytes = 16 * 1024;
constexpr int rounds = 3;

struct file_set {
  std::filesystem::path folder;
  std::vector<std::string> names;

  void add(const std::string& name, std::uint64_t bytes) {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream file{folder / name, std::ios::binary};
    const std::string piece(std::min<std::uint64_t>(bytes, 1 << 20), 'x');
    for (std::uint64_t at = 0; at < bytes; at += piece.size()) file << piece;
    names.push_back(name);
  }
  void make_cold() const {
    for (const auto& name : names) {
      const open_file file{(folder / name).string()};
      ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
      if (resident_pages(file.number(), {0, file.size()}) != 0U)
        throw std::runtime_error{"pages of " + name + " stay in memory: no file system for this benchmark"};
    }
  }
};

double warm(const file_set& files) {
  page_cache_config config;
  config.root = files.folder;
  const auto began = std::chrono::steady_clock::now();
  page_cache cache{config};
  std::vector<remote_entry> batch(files.names.size());
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i].key = files.names[i];
  std::size_t stored = 0;
  for (const auto& outcome : cache.fill(batch, began + std::chrono::minutes{5}))
    stored += outcome.result == fill_result::stored ? 1 : 0;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (stored != files.names.size()) throw std::runtime_error{"not all were read: " + cache.last_error()};
  return took.count();
}

bool compare(const char* what, const file_set& files, double gigabytes, double limit) {
  std::vector<double> stoker;
  std::vector<double> peer;
  for (int round = 0; round < rounds; ++round) {
    files.make_cold();
    stoker.push_back(warm(files));
    files.make_cold();
    peer.push_back(bench::seconds_of({"vmtouch", "-t", "-q", "-m", "8g", files.folder.string()}));
  }
  return bench::report(what, gigabytes / bench::median(stoker), "vmtouch -t", gigabytes / bench::median(peer),
                       "GB/s", limit);
}

int run() {
  if (!test::is_installed("vmtouch")) return 0;
  const test::temporary_folder folder;
  file_set large{folder.path() / "large", {}};
  large.add("file", large_bytes);
  file_set small{folder.path() / "small", {}};
  for (std::size_t i = 0; i < small_files; ++i)
    small.add(std::to_string(i % 100) + "/" + std::to_string(i), small_bytes);
  ::sync();
  const bool one = compare("one cold file of 2 GiB", large, large_bytes / 1e9, 0.95);
  const bool many = compare("20,000 cold files of 16 KiB", small, small_files * small_bytes / 1e9, 1.5);
  return one && many ? 0 : 1;
}

}  // namespace

int main() {
  return run();
}
