// How the history uses RocksDB: options for a small footprint inside a host, and the merge of two versions of
// a record.
#pragma once

#include <rocksdb/options.h>

namespace stoker {

rocksdb::Options rocks_options();

}  // namespace stoker
