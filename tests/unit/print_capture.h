/* SPDX-License-Identifier: BSD-3-Clause */
/* A print_out whose text can be read back. */
#ifndef PRINT_CAPTURE_H
#define PRINT_CAPTURE_H

#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "print_out.h"

/* A print_out in front of a file in memory. */
class Capture {
public:
	Capture() : fd_(memfd_create("report", MFD_CLOEXEC)), out_(new struct print_out)
	{
		print_out_init(out_.get(), fd_);
	}
	~Capture() { close(fd_); }
	Capture(const Capture &) = delete;
	Capture &operator=(const Capture &) = delete;

	struct print_out *out() { return out_.get(); }

	/* All that was printed so far. */
	std::string text()
	{
		std::string all;
		char piece[4096];
		ssize_t n;

		print_out_flush(out_.get());
		for (off_t at = 0; (n = pread(fd_, piece, sizeof(piece), at)) > 0; at += n)
			all.append(piece, static_cast<size_t>(n));
		return all;
	}

private:
	int fd_;
	std::unique_ptr<struct print_out> out_;
};

#endif
