#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "core/file_writer.hpp"

namespace pwalk::parquet {

// The error of a batch whose buffers contradict each other: no system call fails with it here.
constexpr int unsound_batch = EBADMSG;

// Told about an encoder's progress on one of its threads. It must not block, nor call the encoder.
class EncoderListener {
 public:
  virtual ~EncoderListener() = default;
  // The memory of this batch will not be looked at again.
  virtual void batch_done(std::uint64_t batch) = 0;
  // The last thread is ending: after `finish` the file is whole, or `error` says why it is not.
  virtual void stopped() = 0;
};

// Encodes batches on several threads into one file. Each thread (a lane) fills a row group of its
// own and writes it in one piece when it is full, so the order of rows between lanes is open.
//
// Memory: per lane the encoded bytes of one row group, plus the batches that were submitted and are
// not done. All methods are for one owner thread. The threads share `State` and outlive this object
// only when `stop` gives one up that is stuck in the kernel; it then touches nothing but `State`.
class ParallelEncoder {
 public:
  // `fd` is duplicated. Throws std::system_error when no thread can be started.
  ParallelEncoder(EncoderOptions options, int fd, std::shared_ptr<EncoderListener> listener);
  ~ParallelEncoder() { stop(); }
  ParallelEncoder(const ParallelEncoder&) = delete;
  ParallelEncoder& operator=(const ParallelEncoder&) = delete;

  // Queues a batch; `batch_done(id)` follows for every id, whatever becomes of the encoder.
  void submit(std::uint64_t id, BatchView batch);
  // No batch follows: encode what is queued, write the footer, stop.
  void finish(Metadata metadata);
  // Stop as soon as possible; the file stays incomplete. `stopped` follows, as after `finish`.
  void cancel();
  // Cancels, and waits up to two seconds for the threads to end. The listener is not called after it.
  void stop() noexcept;

  const EncoderOptions& options() const noexcept;
  // The first error as an errno, 0 when there is none; ECANCELED when cancelled.
  int error() const noexcept;
  // Final after `stopped`.
  std::uint64_t rows() const noexcept;
  std::uint64_t bytes() const noexcept;

 private:
  struct State;

  std::shared_ptr<State> state_;
  std::vector<std::thread> threads_;
};

}  // namespace pwalk::parquet
