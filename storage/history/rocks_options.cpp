#include "storage/history/rocks_options.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <memory>

#include "storage/history/record_codec.hpp"

namespace stoker {

namespace {

constexpr std::size_t mebibyte = 1024 * 1024;
// Two of them are in memory at most: one that fills and one that is written out.
constexpr std::size_t write_buffer_bytes = 8 * mebibyte;
constexpr int write_buffers = 2;
constexpr std::size_t block_cache_bytes = 4 * mebibyte;  // reads are scans, which gain nothing from a cache
constexpr int open_files = 128;                          // a host has better uses for file descriptors
constexpr int background_jobs = 2;
constexpr std::uint64_t log_on_disk_bytes = 32 * mebibyte;
constexpr std::size_t info_log_bytes = mebibyte;
constexpr std::size_t info_logs = 2;

std::uint64_t version_of(const rocksdb::Slice& value) {
  record_header header;
  return decode_header({value.data(), value.size()}, header) ? header.version : 0;
}

// Of two records of a key the one with the higher version stays; of the same version, the later one.
class newest_version final : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing, const rocksdb::Slice& written,
             std::string* result, rocksdb::Logger*) const override {
    const auto& kept = existing && version_of(*existing) > version_of(written) ? *existing : written;
    result->assign(kept.data(), kept.size());
    return true;
  }
  // Stored in the database: a name that changes makes every history unreadable.
  const char* Name() const override { return "stoker.newest_version"; }
};

rocksdb::CompressionType best_compression() {
  auto available = rocksdb::GetSupportedCompressions();
  for (auto wanted : {rocksdb::kLZ4Compression, rocksdb::kZSTD, rocksdb::kSnappyCompression})
    if (std::find(available.begin(), available.end(), wanted) != available.end()) return wanted;
  return rocksdb::kNoCompression;
}

}  // namespace

rocksdb::Options rocks_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.merge_operator = std::make_shared<newest_version>();
  options.compression = best_compression();
  options.write_buffer_size = write_buffer_bytes;
  options.max_write_buffer_number = write_buffers;
  options.max_total_wal_size = log_on_disk_bytes;
  options.max_open_files = open_files;
  options.max_background_jobs = background_jobs;
  options.level_compaction_dynamic_level_bytes = true;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = info_log_bytes;
  options.keep_log_file_num = info_logs;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(block_cache_bytes);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace stoker
