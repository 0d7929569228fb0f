/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_merge.h"

#include "capture_fixture.h"

namespace
{

using namespace capture;

struct Merged {
	std::vector<uint64_t> times = {};
	std::vector<unsigned> links = {}, lengths = {};
	std::string error = "";
	bool opened = false, has_read = false;
	uint64_t bytes = 0;
};

Merged
merge(const std::vector<const char *> &paths, uint32_t bytes = PACKET_HEADERS_MAX)
{
	char error[2 * CAPTURE_ERROR_MAX] = "";
	capture_merge *files = capture_merge_open(paths.data(), unsigned(paths.size()), bytes, error);
	static struct packet packets[PACKET_BURST_MAX];
	Merged merged;
	unsigned n;

	merged.error = error;
	merged.opened = files != nullptr;
	if (files == nullptr)
		return merged;
	EXPECT_FALSE(capture_merge_has_read(files));
	merged.bytes = capture_merge_bytes(files);
	while ((n = capture_merge_burst(files, packets)) > 0) {
		for (unsigned i = 0; i < n; i++) {
			merged.times.push_back(packets[i].time_us);
			merged.links.push_back(packets[i].link);
			merged.lengths.push_back(packets[i].data_len);
		}
	}
	merged.error = capture_merge_error(files);
	merged.has_read = capture_merge_has_read(files);
	capture_merge_close(files);
	return merged;
}

std::string
seconds(const std::vector<unsigned> &times, unsigned link = 1)
{
	std::string file = pcap_head(link);

	for (unsigned t : times)
		file += pcap_packet(t, 0, std::string(60, 'p'));
	return file;
}

/* Files of several formats, link types and units of time become one stream. */
TEST(CaptureMerge, ByTimeWhateverTheFilesAre)
{
	File one(seconds({ 1, 4, 9 })), other(seconds({ 2, 3, 10 }, 101));
	File third(ng_section() + ng_interface(113) + ng_packet(0, 5000000, std::string(60, 'p')));
	Merged got = merge({ one.path.c_str(), other.path.c_str(), third.path.c_str() });

	EXPECT_EQ(got.error, "");
	EXPECT_EQ(got.times, (std::vector<uint64_t>{ 1000000, 2000000, 3000000, 4000000, 5000000,
	                                             9000000, 10000000 }));
	EXPECT_EQ(got.links,
	          (std::vector<unsigned>{ PACKET_LINK_ETHERNET, PACKET_LINK_RAW, PACKET_LINK_RAW,
	                                  PACKET_LINK_ETHERNET, PACKET_LINK_SLL,
	                                  PACKET_LINK_ETHERNET, PACKET_LINK_RAW }));
	EXPECT_TRUE(got.has_read);
	EXPECT_GT(got.bytes, 6u * 76);
}

/* One that breaks ends, and the others go on; the first of the messages stays. */
TEST(CaptureMerge, BrokenFilesEnd)
{
	File whole(seconds({ 1, 2, 5 })), first(seconds({}) + "cut"), second(seconds({ 3, 4 }) + "cut");
	Merged got = merge({ whole.path.c_str(), second.path.c_str() });

	EXPECT_EQ(got.times.size(), 5u);
	EXPECT_EQ(got.error, second.path + ": cut short, after packet 2");
	got = merge({ whole.path.c_str(), first.path.c_str(), second.path.c_str() });
	EXPECT_EQ(got.times.size(), 5u);
	EXPECT_EQ(got.error, first.path + ": cut short, with no whole packet in it");
	got = merge({ first.path.c_str() });
	EXPECT_TRUE(got.opened);
	EXPECT_FALSE(got.has_read);
	EXPECT_NE(got.error, "");
}

/* What is no capture is refused with all the others. */
TEST(CaptureMerge, OtherFilesAreRefused)
{
	File whole(seconds({ 1 })), text("no capture at all");
	Merged got = merge({ whole.path.c_str(), text.path.c_str() });

	EXPECT_FALSE(got.opened);
	EXPECT_EQ(got.error, text.path + ": neither pcap nor pcapng");
}

/* Packets of a link layer that is not read come, and are no reason to report. */
TEST(CaptureMerge, NothingThatIsRead)
{
	const std::string unread = ng_section() + ng_interface(189) + ng_packet(0, 1, "usb");
	File file(unread), mixed(unread + ng_interface(1) + ng_packet(1, 2, "ethernet"));
	Merged got = merge({ file.path.c_str() });

	EXPECT_EQ(got.times.size(), 1u);
	EXPECT_FALSE(got.has_read);
	EXPECT_EQ(got.error, file.path + ": link type 189 is not read");
	got = merge({ mixed.path.c_str() });
	EXPECT_EQ(got.times.size(), 2u);
	EXPECT_TRUE(got.has_read);
	EXPECT_EQ(got.error, "");
}

/* Of long packets, what the headers need, or all. */
TEST(CaptureMerge, GivesAsManyBytesAsAreWanted)
{
	std::string file = pcap_head();

	for (unsigned i = 0; i < PACKET_BURST_MAX; i++)
		file += pcap_packet(i, 0, std::string(60000 + i, char(i)));
	File whole(file);
	Merged got = merge({ whole.path.c_str() });
	EXPECT_EQ(got.lengths, std::vector<unsigned>(PACKET_BURST_MAX, PACKET_HEADERS_MAX));
	got = merge({ whole.path.c_str() }, CAPTURE_WHOLE_PACKETS);
	ASSERT_EQ(got.lengths.size(), size_t(PACKET_BURST_MAX));
	for (unsigned i = 0; i < PACKET_BURST_MAX; i++)
		EXPECT_EQ(got.lengths[i], 60000 + i);
}

/* One file of unknown size makes all of them so. */
TEST(CaptureMerge, SizeIsKnownOrNot)
{
	File one(seconds({ 1, 2 })), other(seconds({ 3 }));
	int ends[2];

	EXPECT_EQ(merge({ one.path.c_str(), other.path.c_str() }).bytes, 24u + 24 + 3 * 76);
	ASSERT_EQ(pipe(ends), 0);
	const std::string piped = seconds({ 4 });
	ASSERT_EQ(write(ends[1], piped.data(), piped.size()), ssize_t(piped.size()));
	close(ends[1]);
	const std::string path = "/proc/self/fd/" + std::to_string(ends[0]);
	Merged got = merge({ one.path.c_str(), path.c_str() });
	EXPECT_EQ(got.times.size(), 3u);
	EXPECT_EQ(got.bytes, 0u);
	close(ends[0]);
}

} // namespace
