// UTF-8, strictly: Unicode 15, table 3-7 (no surrogates, no overlong forms, nothing over U+10FFFF).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pwalk {

bool is_utf8(std::string_view bytes);

// Length of the valid sequence at the start, 0 when there is none.
size_t utf8_sequence(std::string_view bytes);

// Length of text that was cut somewhere, without the character the cut may have gone through.
size_t whole_characters(std::string_view bytes);

// Appends `bytes` for display: valid sequences as they are, every other byte as \xhh. The result is
// UTF-8 and cannot be turned back: a backslash in the name stays one.
void append_display(std::string_view bytes, std::string& out);

}  // namespace pwalk
