#include "core/dictionary.hpp"

#include <bit>
#include <cstring>

namespace pwalk::parquet {
namespace {

constexpr std::size_t first_slots = 256;
// 2^64 divided by the golden ratio: multiplying by it spreads neighbouring integers over the high bits.
constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;

std::uint64_t hash_bytes(std::string_view bytes) noexcept {
  std::uint64_t hash = bytes.size() * golden;
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * golden;
    hash ^= hash >> 32;
  };
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    mix(word);
  }
  if (at < bytes.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, bytes.size() - at);
    mix(word);
  }
  return hash;
}

}  // namespace

template <class U>
IntegerDictionary<U>::IntegerDictionary() {
  rehash(first_slots);
}

template <class U>
std::uint32_t IntegerDictionary<U>::find_or_add(U value) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(value * golden >> shift_);
  while (slots_[at] != 0) {
    if (values_[slots_[at] - 1] == value) return slots_[at] - 1;
    at = (at + 1) & mask;
  }
  values_.push_back(value);
  slots_[at] = size();
  if (values_.size() * 2 > slots_.size()) rehash(slots_.size() * 4);
  return size() - 1;
}

template <class U>
void IntegerDictionary<U>::rehash(std::size_t slots) {
  slots_.assign(slots, 0);
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots));
  for (std::uint32_t i = 0; i < values_.size(); ++i) {
    std::size_t at = static_cast<std::size_t>(values_[i] * golden >> shift_);
    while (slots_[at] != 0) at = (at + 1) & (slots - 1);
    slots_[at] = i + 1;
  }
}

template <class U>
void IntegerDictionary<U>::clear() {
  values_.clear();
  rehash(first_slots);
}

template class IntegerDictionary<std::uint32_t>;
template class IntegerDictionary<std::uint64_t>;

BytesDictionary::BytesDictionary() { rehash(first_slots); }

std::uint32_t BytesDictionary::number_of(std::string_view bytes) {
  if (!entries_.empty() && value(last_number_) == bytes) return last_number_;
  const std::uint64_t hash = hash_bytes(bytes);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash) & mask;
  while (slots_[at] != 0) {
    const std::uint32_t number = slots_[at] - 1;
    if (entries_[number].hash == hash && value(number) == bytes) return last_number_ = number;
    at = (at + 1) & mask;
  }
  plain_.append_value(static_cast<std::uint32_t>(bytes.size()));
  entries_.push_back({hash, static_cast<std::uint32_t>(plain_.size()), static_cast<std::uint32_t>(bytes.size())});
  plain_.append(bytes);
  slots_[at] = size();
  if (entries_.size() * 2 > slots_.size()) rehash(slots_.size() * 4);
  return last_number_ = size() - 1;
}

void BytesDictionary::rehash(std::size_t slots) {
  slots_.assign(slots, 0);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    std::size_t at = static_cast<std::size_t>(entries_[i].hash) & (slots - 1);
    while (slots_[at] != 0) at = (at + 1) & (slots - 1);
    slots_[at] = i + 1;
  }
}

void BytesDictionary::clear() {
  entries_.clear();
  plain_.clear();
  last_number_ = 0;
  rehash(first_slots);
}

}  // namespace pwalk::parquet
