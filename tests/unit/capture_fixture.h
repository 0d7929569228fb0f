/* SPDX-License-Identifier: BSD-3-Clause */
/* Capture files made byte by byte, in memory, and what comes of reading one. */
#ifndef CAPTURE_FIXTURE_H
#define CAPTURE_FIXTURE_H

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "capture_file.h"

namespace capture
{

/* Bytes, with numbers in one byte order. */
struct Bytes {
	bool big = false;
	std::string text = {};

	template <typename T> Bytes &put(T number)
	{
		for (unsigned i = 0; i < sizeof(T); i++) {
			unsigned at = big ? unsigned(sizeof(T)) - 1 - i : i;
			text += char(uint64_t(number) >> (8 * at));
		}
		return *this;
	}
	Bytes &u16(unsigned number) { return put(uint16_t(number)); }
	Bytes &u32(uint64_t number) { return put(uint32_t(number)); }
	Bytes &u64(uint64_t number) { return put(number); }
	Bytes &add(const std::string &more)
	{
		text += more;
		return *this;
	}
	Bytes &pad()
	{
		while (text.size() % 4 != 0)
			text += '\0';
		return *this;
	}
};

/* A file that lies in memory, under a name. */
class File
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

public:
	const std::string path = "/proc/self/fd/" + std::to_string(fd);

	explicit File(const std::string &content)
	{
		EXPECT_EQ(write(fd, content.data(), content.size()), ssize_t(content.size()));
	}
	~File() { close(fd); }
	File(const File &) = delete;
	File &operator=(const File &) = delete;
};

struct Seen {
	uint64_t time_us;
	std::string data;
	uint32_t wire_len;
	unsigned link;

	bool operator==(const Seen &o) const
	{
		return time_us == o.time_us && data == o.data && wire_len == o.wire_len && link == o.link;
	}
};

inline void
PrintTo(const Seen &seen, std::ostream *out)
{
	*out << seen.time_us << " " << seen.data.size() << "/" << seen.wire_len << " link " << seen.link;
}

/* What a file gave, and the message at its end; "" when it was whole. */
struct Read {
	bool opened = false;
	std::vector<Seen> packets = {};
	std::string error = "";
};

inline Read
read_path(const char *path)
{
	char error[CAPTURE_ERROR_MAX] = "";
	capture_file *file = capture_file_open(path, error);
	struct packet pk = {};
	Read read;
	int n;

	read.opened = file != nullptr;
	read.error = error;
	if (file == nullptr)
		return read;
	while ((n = capture_file_next(file, &pk)) == 1)
		read.packets.push_back({ pk.time_us,
		                         std::string(reinterpret_cast<const char *>(pk.data), pk.data_len),
		                         pk.wire_len, pk.link });
	if (n != 0)
		read.error = capture_file_error(file);
	capture_file_close(file);
	return read;
}

inline Read
read(const std::string &content)
{
	return read_path(File(content).path.c_str());
}

/* --- pcap ------------------------------------------------------------------------------------- */

inline std::string
pcap_head(unsigned link = 1, uint32_t magic = 0xa1b2c3d4, bool big = false, uint32_t snaplen = 262144,
          unsigned minor = 4)
{
	return Bytes{ big }.u32(magic).u16(2).u16(minor).u64(0).u32(snaplen).u32(link).text;
}

inline std::string
pcap_packet(uint64_t sec, uint32_t fraction, const std::string &data, uint32_t wire = 0,
            bool big = false)
{
	return Bytes{ big }
	    .u32(sec)
	    .u32(fraction)
	    .u32(data.size())
	    .u32(wire != 0 ? wire : data.size())
	    .add(data)
	    .text;
}

/* --- pcapng ----------------------------------------------------------------------------------- */

inline std::string
ng_block(uint32_t type, const Bytes &body)
{
	Bytes padded = body;
	uint32_t length = uint32_t(padded.pad().text.size()) + 12;

	return Bytes{ body.big }.u32(type).u32(length).add(padded.text).u32(length).text;
}

inline std::string
ng_section(bool big = false, unsigned major = 1)
{
	return ng_block(0x0a0d0d0a, Bytes{ big }.u32(0x1a2b3c4d).u16(major).u16(0).u64(UINT64_MAX));
}

inline Bytes
ng_option(unsigned code, const Bytes &value)
{
	Bytes option{ value.big };

	return option.u16(code).u16(unsigned(value.text.size())).add(value.text).pad();
}

inline std::string
ng_interface(unsigned link, uint32_t snaplen = 0, const std::string &options = "", bool big = false)
{
	return ng_block(1, Bytes{ big }.u16(link).u16(0).u32(snaplen).add(options));
}

/* `type` 6: today's block; 2: the old one, in which the interface has two bytes. */
inline std::string
ng_packet(uint32_t interface, uint64_t stamp, const std::string &data, uint32_t wire = 0,
          bool big = false, uint32_t type = 6)
{
	Bytes body{ big };

	if (type == 6)
		body.u32(interface);
	else
		body.u16(interface).u16(7); /* and how many were lost */
	body.u32(stamp >> 32).u32(stamp).u32(data.size()).u32(wire != 0 ? wire : data.size());
	return ng_block(type, body.add(data));
}

} // namespace capture

#endif
