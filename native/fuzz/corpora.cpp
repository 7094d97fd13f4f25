#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "pwalk/fuzz.hpp"

namespace pwalk::fuzz {
namespace {

std::vector<std::string> corpus_of(const std::string& directory) {
  std::vector<std::string> inputs{""};
  if (!std::filesystem::exists(directory)) return inputs;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

std::string hexadecimal(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(byte));
    out += digits;
  }
  return out;
}

void run_one(const Target& target, const std::string& bytes) {
  // Exactly as long as it is: a sanitizer sees a byte too many.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  try {
    target.run(Input(std::string_view(exact.data(), exact.size())));
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string(target.name) + ": " + error.what() + " with " + hexadecimal(bytes));
  }
}

// One input of another: bytes changed, taken out, repeated, or joined with those of a third.
std::string mutated(std::string bytes, const std::vector<std::string>& corpus, std::mt19937_64& random) {
  static constexpr unsigned char telling[] = {0, 1, 0x1F, 0x20, '"', '*', '[', '\\', '/', 0x7F, 0x80, 0xC3, 0xED, 0xFF};
  for (std::size_t changes = 1 + random() % 8; changes > 0; --changes) {
    const std::size_t at = bytes.empty() ? 0 : random() % bytes.size();
    switch (random() % 6) {
      case 0: bytes.insert(at, 1, static_cast<char>(random())); break;
      case 1: bytes.insert(at, 1 + random() % 16, static_cast<char>(telling[random() % std::size(telling)])); break;
      case 2: bytes.insert(at, corpus[random() % corpus.size()]); break;
      case 3: bytes.erase(at, random() % 16); break;
      default:
        if (!bytes.empty()) bytes[at] = static_cast<char>(random());
    }
    if (bytes.size() > 8192) bytes.resize(8192);
  }
  return bytes;
}

}  // namespace

void run_corpora(const std::string& directory, std::size_t rounds) {
  for (const Target& target : targets()) {
    const std::vector<std::string> corpus = corpus_of(directory + "/" + target.name);
    for (const std::string& bytes : corpus) run_one(target, bytes);
    std::mt19937_64 random(1);
    for (std::size_t round = 0; round < rounds; ++round) {
      run_one(target, mutated(corpus[random() % corpus.size()], corpus, random));
    }
  }
}

}  // namespace pwalk::fuzz
