// File names as UTF-16 and back without loss, as PEP 383 defines it: a byte that is not part of valid
// UTF-8 becomes the lone surrogate U+DC00 plus the byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pwalk {

bool is_ascii(std::string_view bytes);

void append_utf16(std::string_view bytes, std::u16string& out);

// None when the text has a lone surrogate that stands for no byte: no file name decodes to that.
std::optional<std::string> bytes_of_utf16(std::u16string_view text);

}  // namespace pwalk
