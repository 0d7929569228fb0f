/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_input.h"

#include <fcntl.h>
#include <lzma.h>
#include <sys/resource.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <csignal>

#include <random>

#include "capture_fixture.h"

namespace
{

using namespace capture;

/* --- packing ---------------------------------------------------------------------------------- */

std::string
pack_gzip(const std::string &text)
{
	z_stream z = {};
	std::string packed(deflateBound(&z, uLong(text.size())) + 64, '\0');

	deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
	z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
	z.avail_in = uInt(text.size());
	z.next_out = reinterpret_cast<Bytef *>(packed.data());
	z.avail_out = uInt(packed.size());
	EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed.resize(z.total_out);
	deflateEnd(&z);
	return packed;
}

std::string
pack_zstd(const std::string &text)
{
	std::string packed(ZSTD_compressBound(text.size()) + 64, '\0');
	ZSTD_CCtx *z = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1); /* as the program zstd does */
	packed.resize(ZSTD_compress2(z, packed.data(), packed.size(), text.data(), text.size()));
	ZSTD_freeCCtx(z);
	return packed;
}

/* One frame of so many megabytes of zeros. */
std::string
zeros_zstd(unsigned megabytes)
{
	const std::string piece(1 << 20, '\0');
	std::string packed(1 << 20, '\0');
	ZSTD_CCtx *z = ZSTD_createCCtx();
	ZSTD_outBuffer out = { packed.data(), packed.size(), 0 };

	for (unsigned i = 1; i <= megabytes; i++) {
		ZSTD_inBuffer in = { piece.data(), piece.size(), 0 };

		ZSTD_compressStream2(z, &out, &in, i == megabytes ? ZSTD_e_end : ZSTD_e_continue);
		EXPECT_EQ(in.pos, in.size);
	}
	ZSTD_freeCCtx(z);
	packed.resize(out.pos);
	return packed;
}

std::string
pack_xz(const std::string &text)
{
	std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
	size_t n = 0;

	EXPECT_EQ(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr,
	                                  reinterpret_cast<const uint8_t *>(text.data()), text.size(),
	                                  reinterpret_cast<uint8_t *>(packed.data()), &n, packed.size()),
	          LZMA_OK);
	packed.resize(n);
	return packed;
}

std::string
pack_not(const std::string &text)
{
	return text;
}

const struct Packing {
	const char *name;
	std::string (*pack)(const std::string &text);
} packings[] = { { "plain", pack_not }, { "gzip", pack_gzip }, { "zstd", pack_zstd }, { "xz", pack_xz } };

/* --- reading ---------------------------------------------------------------------------------- */

struct Input {
	capture_input input;
	int opened;

	explicit Input(const char *path) : opened(capture_input_open(&input, path)) {}
	~Input() { capture_input_close(&input); }

	/* All of it, in pieces of up to n bytes. */
	std::string all(size_t n)
	{
		std::string text;

		while (n > 0) {
			const uint8_t *p = capture_input_peek(&input, n);

			if (p != nullptr) {
				text.append(reinterpret_cast<const char *>(p), n);
				capture_input_take(&input, n);
			} else {
				n /= 2;
			}
		}
		return text;
	}
};

/* As like packets as random numbers allow: some of it is worth packing. */
std::string
text_of(size_t n)
{
	std::mt19937 rng(4);
	std::string text;

	while (text.size() < n) {
		std::string piece(rng() % 900, char(rng()));

		for (unsigned i = 0; i < 12; i++)
			piece += char(rng());
		text += piece;
	}
	text.resize(n);
	return text;
}

TEST(CaptureInput, GivesAllBytesHoweverTheyArePacked)
{
	for (const Packing &packing : packings) {
		for (size_t size : { size_t(1), size_t(6), size_t(4096), size_t(3 << 20) + 1 }) {
			const std::string text = text_of(size);
			File file(packing.pack(text));

			for (size_t piece : { size_t(1000), size_t(65537), size_t(CAPTURE_INPUT_PEEK_MAX) }) {
				Input input(file.path.c_str());

				EXPECT_EQ(input.opened, 0);
				EXPECT_EQ(input.all(piece) == text, true) << packing.name << size;
				EXPECT_STREQ(capture_input_error(&input.input), "");
				EXPECT_TRUE(capture_input_is_empty(&input.input));
			}
		}
	}
}

/* Files that were packed in pieces and put together; zeros at the end, as tapes have them. */
TEST(CaptureInput, SeveralStreamsBehindOneAnother)
{
	const std::string text = text_of(300000), other = text_of(70001);

	for (const Packing &packing : packings) {
		if (packing.pack == pack_not)
			continue;
		std::string packed = packing.pack(text) + packing.pack("") + packing.pack(other);
		for (const std::string &end : { std::string(), std::string(512, '\0') }) {
			File file(packed + end);
			Input input(file.path.c_str());

			EXPECT_TRUE(input.all(8192) == text + other) << packing.name;
			EXPECT_STREQ(capture_input_error(&input.input), "") << packing.name;
		}
	}
	const std::string skippable = Bytes().u32(0x184d2a5b).u32(5).add("12345").text;
	File file(skippable + pack_zstd(text) + skippable);
	Input input(file.path.c_str());
	EXPECT_TRUE(input.all(8192) == text);
	EXPECT_STREQ(capture_input_error(&input.input), "");
}

/* What can be unpacked is there, and the message follows. */
TEST(CaptureInput, CutShort)
{
	const std::string text = text_of(400000);

	for (const Packing &packing : packings) {
		const std::string packed = packing.pack(text);

		for (size_t n : { packed.size() / 3, packed.size() / 2, packed.size() - 1 }) {
			File file(packed.substr(0, n));
			Input input(file.path.c_str());
			const std::string got = input.all(512);

			EXPECT_EQ(input.opened, 0);
			EXPECT_EQ(text.compare(0, got.size(), got), 0) << packing.name;
			EXPECT_GT(got.size(), text.size() / 10) << packing.name;
			EXPECT_EQ(std::string(capture_input_error(&input.input)),
			          packing.pack == pack_not
			              ? ""
			              : std::string("its ") + packing.name + " data end too early");
		}
	}
}

TEST(CaptureInput, Damaged)
{
	const std::string text = text_of(400000);

	for (const Packing &packing : packings) {
		if (packing.pack == pack_not)
			continue;
		std::string damaged = packing.pack(text), trailed = damaged + "what is this?";

		for (size_t i = 0; i < 64; i++)
			damaged[damaged.size() / 2 + i] ^= 0x55;
		for (const std::string &content : { damaged, trailed }) {
			File file(content);
			Input input(file.path.c_str());
			const std::string got = input.all(512);

			EXPECT_GT(got.size(), 0u);
			EXPECT_EQ(std::string(capture_input_error(&input.input)),
			          std::string("its ") + packing.name + " data are damaged");
		}
	}
}

/* Half a gigabyte of nothing: skipped in the same few hundred kilobytes. */
TEST(CaptureInput, BombsTakeNoMemory)
{
	const unsigned megabytes = 512;
	File file(zeros_zstd(megabytes));
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	Input input(file.path.c_str());
	EXPECT_EQ(capture_input_skip(&input.input, uint64_t(megabytes) << 20), 0);
	EXPECT_EQ(capture_input_peek(&input.input, 1), nullptr);
	EXPECT_STREQ(capture_input_error(&input.input), "");
	getrusage(RUSAGE_SELF, &after);
	EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 32 << 10) << "kB";
}

/* A frame that wants half a gigabyte to be unpacked with is refused before it gets it. */
TEST(CaptureInput, WindowsHaveABound)
{
	/* RFC 8878 3.1.1.1: no single segment; window descriptor: exponent 19, 2^29 bytes. */
	File file(Bytes().u32(0xfd2fb528).add(std::string("\x00\x98\x01\x00\x00", 5)).text);
	Input input(file.path.c_str());

	EXPECT_EQ(capture_input_peek(&input.input, 1), nullptr);
	EXPECT_STREQ(capture_input_error(&input.input), "its zstd data need more than 128 MB of memory");
}

TEST(CaptureInput, Skips)
{
	const std::string text = text_of(2 << 20);

	for (const Packing &packing : packings) {
		File file(packing.pack(text));
		Input input(file.path.c_str());

		ASSERT_NE(capture_input_peek(&input.input, 10), nullptr);
		capture_input_take(&input.input, 10);
		EXPECT_EQ(capture_input_skip(&input.input, 1000000), 0);
		const uint8_t *p = capture_input_peek(&input.input, 4);
		ASSERT_NE(p, nullptr);
		EXPECT_EQ(memcmp(p, text.data() + 1000010, 4), 0);
		EXPECT_EQ(capture_input_skip(&input.input, text.size()), -EIO);
		EXPECT_EQ(capture_input_peek(&input.input, 1), nullptr);
	}
}

/* What cannot be opened or read says why, and a file says how much it holds. */
TEST(CaptureInput, OpensOrSaysWhy)
{
	for (auto c : { std::pair("/nonexistent/file", "No such file or directory"),
	                std::pair("/", "Is a directory") }) {
		Input input(c.first);

		EXPECT_EQ(input.opened, -EIO);
		EXPECT_STREQ(capture_input_error(&input.input), c.second);
	}
	File plain(std::string(1000, 'x')), packed(pack_gzip(std::string(1000, 'x')));
	Input sized(plain.path.c_str()), unsized(packed.path.c_str());
	EXPECT_EQ(capture_input_bytes(&sized.input), 1000u);
	EXPECT_EQ(capture_input_bytes(&unsized.input), 0u);
}

/* "-" is whatever standard input is, also a pipe that gives one byte at a time. */
TEST(CaptureInput, StandardInput)
{
	const std::string text = text_of(3000);

	for (const Packing &packing : packings) {
		const std::string packed = packing.pack(text);
		int before = dup(STDIN_FILENO), ends[2];

		ASSERT_EQ(pipe(ends), 0);
		ASSERT_EQ(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
		for (char c : packed)
			ASSERT_EQ(write(ends[1], &c, 1), 1);
		close(ends[1]);
		{
			Input input("-");

			EXPECT_TRUE(input.all(100) == text) << packing.name;
			EXPECT_EQ(capture_input_bytes(&input.input), 0u);
		}
		close(ends[0]);
		EXPECT_EQ(fcntl(STDIN_FILENO, F_GETFD), 0) << "it stays open";
		dup2(before, STDIN_FILENO);
		close(before);
	}
}

/* A pipe into which nobody writes: the reader waits until a signal ends it. */
TEST(CaptureInput, ASignalEndsTheWaitingAndWhatCameStands)
{
	struct sigaction quiet = {}, before;
	const std::string text = text_of(1000);
	int ends[2];

	quiet.sa_handler = [](int) { alarm(1); };
	sigaction(SIGALRM, &quiet, &before);
	ASSERT_EQ(pipe(ends), 0);
	ASSERT_EQ(write(ends[1], text.data(), text.size()), ssize_t(text.size()));
	const std::string path = "/proc/self/fd/" + std::to_string(ends[0]);
	Input input(path.c_str());

	EXPECT_EQ(input.opened, 0);
	alarm(1);
	EXPECT_TRUE(input.all(100) == text);
	EXPECT_STREQ(capture_input_error(&input.input), "Interrupted system call");
	alarm(0);
	sigaction(SIGALRM, &before, nullptr);
	close(ends[0]);
	close(ends[1]);
}

} // namespace
