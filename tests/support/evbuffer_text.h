// SPDX-License-Identifier: BSD-3-Clause
/* A buffer of libevent as a string, for tests of what is written into one. */
#ifndef SUPPORT_EVBUFFER_TEXT_H
#define SUPPORT_EVBUFFER_TEXT_H

#include <event2/buffer.h>

#include <string>

namespace support
{

class Buffer
{
public:
	Buffer() : buffer(evbuffer_new()) {}
	~Buffer() { evbuffer_free(buffer); }
	Buffer(const Buffer &) = delete;

	operator evbuffer *() { return buffer; }

	std::string
	text()
	{
		const size_t n = evbuffer_get_length(buffer);

		return std::string((const char *)evbuffer_pullup(buffer, -1), n);
	}

private:
	evbuffer *buffer;
};

} // namespace support

#endif
