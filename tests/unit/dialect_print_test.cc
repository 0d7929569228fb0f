/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exact text of each dialect. What there is to compare with: net-tools and ss are run beside it
 * by tests/net/net_dialect.py; BSD, Solaris, Windows and z/OS SHORT and LONG follow listings of real
 * systems; z/OS's byteinfo and sockets are from memory.
 */
#include <gtest/gtest.h>

#include "print_capture.h"
#include "dialect_fixture.h"

extern "C" {
#include "dialect_print.h"
}

namespace {

std::string
print(const struct dialect_view &view, const std::vector<struct report_row> &rows, int no_header = 0)
{
	Capture capture;
	struct dialect_printer printer;

	dialect_printer_init(&printer, &view, no_header);
	dialect_print_rows(&printer, capture.out(), rows.data(), rows.size());
	dialect_print_end(&printer, capture.out());
	return capture.text();
}

struct dialect_view
view(enum dialect_id id, enum dialect_report report = DIALECT_ALLCONN)
{
	return { id, report, 1, 0, 0, 0, 0 };
}

TEST(DialectPrint, OwnColumns)
{
	EXPECT_EQ(print(view(DIALECT_NONE), every_line()),
	          "Id       Proto Local                 Foreign                                      State        Idle     End     Flags\n"
	          "-        tcp   10.0.0.1:22           *:*                                          LISTEN       01:00:00 -\n"
	          "-        tcp   [2001:db8::1]:22      *:*                                          LISTEN       01:00:00 -\n"
	          "00000012 tcp   10.0.0.1:20008        192.168.5.146:443                            SYN_SENT     01:00:00 -\n"
	          "00000013 tcp   10.0.0.1:20008        192.168.5.146:443                            SYN_RECEIVED 01:00:00 -\n"
	          "00000014 tcp   10.0.0.1:20008        192.168.5.146:443                            ESTABLISHED  01:00:00 -\n"
	          "00000015 tcp   10.0.0.1:20008        192.168.5.146:443                            FIN_WAIT_1   01:00:00 -\n"
	          "00000016 tcp   10.0.0.1:20008        192.168.5.146:443                            FIN_WAIT_2   01:00:00 -\n"
	          "00000017 tcp   10.0.0.1:20008        192.168.5.146:443                            CLOSE_WAIT   01:00:00 -\n"
	          "00000018 tcp   10.0.0.1:20008        192.168.5.146:443                            CLOSING      01:00:00 -\n"
	          "00000019 tcp   10.0.0.1:20008        192.168.5.146:443                            LAST_ACK     01:00:00 -\n"
	          "0000001A tcp   10.0.0.1:20008        192.168.5.146:443                            TIME_WAIT    01:00:00 -\n"
	          "0000002A tcp   10.0.0.1:20008        192.168.5.146:443                            CLOSED       01:00:00 -\n"
	          "ABCDEF012 tcp   [2001:db8::1]:20008   [2001:db8:1111:2222:3333:4444:5555:6666]:443 ESTABLISHED  01:00:00 -\n"
	          "-        udp   10.0.0.1:161          *:*                                          UDP          01:00:00 -\n"
	          "-        udp   [2001:db8::1]:161     *:*                                          UDP          01:00:00 -\n"
	          "0000002B udp   10.0.0.1:20008        192.168.5.146:53                             UDP          01:00:00 -\n"
	          "0000002B udp   [2001:db8::1]:20008   [2001:db8:1111:2222:3333:4444:5555:6666]:53  UDP          01:00:00 -\n");
}

TEST(DialectPrint, Zos)
{
	EXPECT_EQ(print(view(DIALECT_ZOS), every_line()),
	          "User Id  Conn     Local Socket           Foreign Socket         State\n"
	          "-------  ----     ------------           --------------         -----\n"
	          "-        -        10.0.0.1..22           0.0.0.0..0             Listen\n"
	          "-        -        2001:db8::1..22        ::..0                  Listen\n"
	          "-        00000012 10.0.0.1..20008        192.168.5.146..443     SynSent\n"
	          "-        00000013 10.0.0.1..20008        192.168.5.146..443     SynRcvd\n"
	          "-        00000014 10.0.0.1..20008        192.168.5.146..443     Establsh\n"
	          "-        00000015 10.0.0.1..20008        192.168.5.146..443     FinWait1\n"
	          "-        00000016 10.0.0.1..20008        192.168.5.146..443     FinWait2\n"
	          "-        00000017 10.0.0.1..20008        192.168.5.146..443     ClosWait\n"
	          "-        00000018 10.0.0.1..20008        192.168.5.146..443     Closing\n"
	          "-        00000019 10.0.0.1..20008        192.168.5.146..443     LastAck\n"
	          "-        0000001A 10.0.0.1..20008        192.168.5.146..443     TimeWait\n"
	          "-        0000002A 10.0.0.1..20008        192.168.5.146..443     Closed\n"
	          "-        ABCDEF012 2001:db8::1..20008     2001:db8:1111:2222:3333:4444:5555:6666..443 Establsh\n"
	          "-        -        10.0.0.1..161          *..*                   UDP\n"
	          "-        -        2001:db8::1..161       *..*                   UDP\n"
	          "-        0000002B 10.0.0.1..20008        192.168.5.146..53      UDP\n"
	          "-        0000002B 2001:db8::1..20008     2001:db8:1111:2222:3333:4444:5555:6666..53 UDP\n");
}

TEST(DialectPrint, NetTools)
{
	EXPECT_EQ(print(view(DIALECT_LINUX), every_line()),
	          "Active Internet connections (servers and established)\n"
	          "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
	          "tcp        0      0 10.0.0.1:22             0.0.0.0:*               LISTEN     \n"
	          "tcp6       0      0 2001:db8::1:22          :::*                    LISTEN     \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       SYN_SENT   \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       SYN_RECV   \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       ESTABLISHED\n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       FIN_WAIT1  \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       FIN_WAIT2  \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       CLOSE_WAIT \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       CLOSING    \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       LAST_ACK   \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       TIME_WAIT  \n"
	          "tcp        0      0 10.0.0.1:20008          192.168.5.146:443       CLOSE      \n"
	          "tcp6       0      0 2001:db8::1:20008       2001:db8:1111:2222::443 ESTABLISHED\n"
	          "udp        0      0 10.0.0.1:161            0.0.0.0:*                          \n"
	          "udp6       0      0 2001:db8::1:161         :::*                               \n"
	          "udp        0      0 10.0.0.1:20008          192.168.5.146:53        ESTABLISHED\n"
	          "udp6       0      0 2001:db8::1:20008       2001:db8:1111:2222:3:53 ESTABLISHED\n");
}

TEST(DialectPrint, Ss)
{
	EXPECT_EQ(print(view(DIALECT_SS), every_line()),
	          "Netid State      Recv-Q Send-Q   Local Address:Port     Peer Address:Port  Process\n"
	          "tcp   LISTEN     0      0             10.0.0.1:22            0.0.0.0:*\n"
	          "tcp   LISTEN     0      0        [2001:db8::1]:22               [::]:*\n"
	          "tcp   SYN-SENT   0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   SYN-RECV   0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   ESTAB      0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   FIN-WAIT-1 0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   FIN-WAIT-2 0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   CLOSE-WAIT 0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   CLOSING    0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   LAST-ACK   0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   TIME-WAIT  0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   UNCONN     0      0             10.0.0.1:20008   192.168.5.146:443\n"
	          "tcp   ESTAB      0      0        [2001:db8::1]:20008 [2001:db8:1111:2222:3333:4444:5555:6666]:443\n"
	          "udp   UNCONN     0      0             10.0.0.1:161           0.0.0.0:*\n"
	          "udp   UNCONN     0      0        [2001:db8::1]:161              [::]:*\n"
	          "udp   ESTAB      0      0             10.0.0.1:20008   192.168.5.146:53\n"
	          "udp   ESTAB      0      0        [2001:db8::1]:20008 [2001:db8:1111:2222:3333:4444:5555:6666]:53\n");
}

TEST(DialectPrint, Bsd)
{
	EXPECT_EQ(print(view(DIALECT_BSD), every_line()),
	          "Active Internet connections (including servers)\n"
	          "Proto Recv-Q Send-Q Local Address          Foreign Address        (state)\n"
	          "tcp4       0      0 10.0.0.1.22            *.*                    LISTEN\n"
	          "tcp6       0      0 2001:db8::1.22         *.*                    LISTEN\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      SYN_SENT\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      SYN_RCVD\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      ESTABLISHED\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      FIN_WAIT_1\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      FIN_WAIT_2\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      CLOSE_WAIT\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      CLOSING\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      LAST_ACK\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      TIME_WAIT\n"
	          "tcp4       0      0 10.0.0.1.20008         192.168.5.146.443      CLOSED\n"
	          "tcp6       0      0 2001:db8::1.20008      2001:db8:1111:22.443   ESTABLISHED\n"
	          "udp4       0      0 10.0.0.1.161           *.*\n"
	          "udp6       0      0 2001:db8::1.161        *.*\n"
	          "udp4       0      0 10.0.0.1.20008         192.168.5.146.53\n"
	          "udp6       0      0 2001:db8::1.20008      2001:db8:1111:22.53\n");
}

TEST(DialectPrint, Solaris)
{
	EXPECT_EQ(print(view(DIALECT_SOLARIS), every_line()),
	          "\n"
	          "TCP: IPv4\n"
	          "   Local Address        Remote Address    Swind Send-Q Rwind Recv-Q    State\n"
	          "-------------------- -------------------- ----- ------ ----- ------ -----------\n"
	          "10.0.0.1.22                *.*                0      0     0      0 LISTEN\n"
	          "\n"
	          "TCP: IPv6\n"
	          "   Local Address                     Remote Address                 Swind Send-Q Rwind Recv-Q   State      If\n"
	          "--------------------------------- --------------------------------- ----- ------ ----- ------ ----------- -----\n"
	          "2001:db8::1.22                          *.*                             0      0     0      0 LISTEN\n"
	          "\n"
	          "TCP: IPv4\n"
	          "   Local Address        Remote Address    Swind Send-Q Rwind Recv-Q    State\n"
	          "-------------------- -------------------- ----- ------ ----- ------ -----------\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 SYN_SENT\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 SYN_RCVD\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 ESTABLISHED\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 FIN_WAIT_1\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 FIN_WAIT_2\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 CLOSE_WAIT\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 CLOSING\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 LAST_ACK\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 TIME_WAIT\n"
	          "10.0.0.1.20008       192.168.5.146.443        0      0     0      0 CLOSED\n"
	          "\n"
	          "TCP: IPv6\n"
	          "   Local Address                     Remote Address                 Swind Send-Q Rwind Recv-Q   State      If\n"
	          "--------------------------------- --------------------------------- ----- ------ ----- ------ ----------- -----\n"
	          "2001:db8::1.20008                 2001:db8:1111:2222:3333:4444:5555:6666.443     0      0     0      0 ESTABLISHED\n"
	          "\n"
	          "UDP: IPv4\n"
	          "   Local Address        Remote Address      State\n"
	          "-------------------- -------------------- ----------\n"
	          "10.0.0.1.161                              Idle\n"
	          "\n"
	          "UDP: IPv6\n"
	          "   Local Address                     Remote Address                   State      If\n"
	          "--------------------------------- --------------------------------- ---------- -----\n"
	          "2001:db8::1.161                                                     Idle\n"
	          "\n"
	          "UDP: IPv4\n"
	          "   Local Address        Remote Address      State\n"
	          "-------------------- -------------------- ----------\n"
	          "10.0.0.1.20008       192.168.5.146.53     Connected\n"
	          "\n"
	          "UDP: IPv6\n"
	          "   Local Address                     Remote Address                   State      If\n"
	          "--------------------------------- --------------------------------- ---------- -----\n"
	          "2001:db8::1.20008                 2001:db8:1111:2222:3333:4444:5555:6666.53 Connected\n");
}

TEST(DialectPrint, Windows)
{
	EXPECT_EQ(print(view(DIALECT_WINDOWS), every_line()),
	          "\n"
	          "Active Connections\n"
	          "\n"
	          "  Proto  Local Address          Foreign Address        State\n"
	          "  TCP    10.0.0.1:22            0.0.0.0:0              LISTENING\n"
	          "  TCP    [2001:db8::1]:22       [::]:0                 LISTENING\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      SYN_SENT\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      SYN_RECEIVED\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      ESTABLISHED\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      FIN_WAIT_1\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      FIN_WAIT_2\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      CLOSE_WAIT\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      CLOSING\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      LAST_ACK\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      TIME_WAIT\n"
	          "  TCP    10.0.0.1:20008         192.168.5.146:443      CLOSED\n"
	          "  TCP    [2001:db8::1]:20008    [2001:db8:1111:2222:3333:4444:5555:6666]:443 ESTABLISHED\n"
	          "  UDP    10.0.0.1:161           *:*\n"
	          "  UDP    [2001:db8::1]:161      *:*\n"
	          "  UDP    10.0.0.1:20008         *:*\n"
	          "  UDP    [2001:db8::1]:20008    *:*\n");
}

/* As IBM's table of abbreviations has it. */
TEST(DialectPrint, ZosConsole)
{
	struct dialect_view v = view(DIALECT_ZOS, DIALECT_CONN);

	v.console = 1;
	EXPECT_EQ(print(v, { tcp_line(REPORT_ESTABLISHED), tcp_line(REPORT_CLOSE_WAIT) }),
	          "User Id  Conn     Local Socket           Foreign Socket         State\n"
	          "-------  ----     ------------           --------------         -----\n"
	          "-        0000002A 10.0.0.1..20008        192.168.5.146..443     Estblsh\n"
	          "-        0000002A 10.0.0.1..20008        192.168.5.146..443     ClosWt\n");
}

TEST(DialectPrint, ZosLong)
{
	struct dialect_view v = view(DIALECT_ZOS, DIALECT_CONN);

	v.long_form = 1;
	EXPECT_EQ(print(v, { as_ipv6(socket_line(IPPROTO_TCP, 22)), as_ipv6(tcp_line(REPORT_ESTABLISHED)) }),
	          "User Id  Conn     State\n"
	          "-------  ----     -----\n"
	          "-        -        Listen\n"
	          "  Local Socket:   2001:db8::1..22\n"
	          "  Foreign Socket: ::..0\n"
	          "-        0000002A Establsh\n"
	          "  Local Socket:   2001:db8::1..20008\n"
	          "  Foreign Socket: 2001:db8:1111:2222:3333:4444:5555:6666..443\n");
	v.report = DIALECT_BYTEINFO;
	EXPECT_EQ(print(v, { as_ipv6(tcp_line(REPORT_ESTABLISHED)) }),
	          "User Id  B Out                B In                 State    IdleTime\n"
	          "-------  -----                ----                 -----    --------\n"
	          "-        412                  6120                 Establsh 01:00:00\n"
	          "  Local Socket:   2001:db8::1..20008\n"
	          "  Foreign Socket: 2001:db8:1111:2222:3333:4444:5555:6666..443\n");
	v.long_form = 0;
	EXPECT_EQ(print(v, { tcp_line(REPORT_ESTABLISHED), udp_line() }),
	          "User Id  B Out      B In       L Port Foreign Socket         State    IdleTime\n"
	          "-------  -----      ----       ------ --------------         -----    --------\n"
	          "-        412        6120       20008  192.168.5.146..443     Establsh 01:00:00\n"
	          "-        412        6120       20008  192.168.5.146..53      UDP      01:00:00\n");
}

/* --wide cuts nothing, and gives room. */
TEST(DialectPrint, Wide)
{
	const std::vector<struct report_row> rows = { as_ipv6(tcp_line(REPORT_CLOSE_WAIT)) };
	struct dialect_view v = view(DIALECT_LINUX, DIALECT_CONN);

	v.wide = 1;
	EXPECT_EQ(print(v, rows),
	          "Active Internet connections (w/o servers)\n"
	          "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
	          "tcp6       0      0 2001:db8::1:20008       2001:db8:1111:2222:3333:4444:5555:6666:443 CLOSE_WAIT \n");
	v.id = DIALECT_BSD;
	EXPECT_EQ(print(v, rows),
	          "Active Internet connections\n"
	          "Proto Recv-Q Send-Q Local Address                                 Foreign Address"
	          "                               (state)\n"
	          "tcp6       0      0 2001:db8::1.20008                             "
	          "2001:db8:1111:2222:3333:4444:5555:6666.443    CLOSE_WAIT\n");
	v.id = DIALECT_SS;
	EXPECT_EQ(print(v, rows),
	          "Netid State      Recv-Q Send-Q                             Local Address:Port "
	          "                              Peer Address:Port  Process\n"
	          "tcp   CLOSE-WAIT 0      0                                  [2001:db8::1]:20008 "
	          " [2001:db8:1111:2222:3333:4444:5555:6666]:443\n");
}

TEST(DialectPrint, Byteinfo)
{
	struct report_row row = tcp_line(REPORT_ESTABLISHED);
	struct dialect_view v = view(DIALECT_NONE, DIALECT_BYTEINFO);

	row.lines = REPORT_LINE_CLIENT | REPORT_LINE_SERVER;
	EXPECT_EQ(print(v, { row }),
	          "Id       Proto Local                 Foreign                 PktsOut     BytesOut    PktsIn "
	          "     BytesIn     Idle\n"
	          "0000002A tcp   10.0.0.1:20008        192.168.5.146:443             6          412         5 "
	          "        6120 01:00:00\n"
	          "0000002A tcp   192.168.5.146:443     10.0.0.1:20008                5         6120         6 "
	          "         412 01:00:00\n");
	v.lines = 0;
	row.lines = 0;
	EXPECT_EQ(lines_of(print(v, { row })).size(), 2u);
	EXPECT_NE(print(v, { row }).find("Client                Server "), std::string::npos);
	v.columns = 80;
	EXPECT_EQ(print(v, { row }),
	          "Id       Prot Client                Server                 BOut   BIn     Idle\n"
	          "0000002A tcp  10.0.0.1:20008        192.168.5.146:443       412  6120 01:00:00\n");
}

/* No IPv4 line of the narrow or of the full layout is longer than its terminal. */
TEST(DialectPrint, Fits)
{
	struct report_row row = tcp_line(REPORT_SYN_RECEIVED);

	set_address(&row.client, AF_INET, "255.255.255.255", 65535);
	row.server = row.client;
	row.client.bytes = row.server.bytes = 999999999999;
	row.client.packets = row.server.packets = 999999999;
	row.end_cause = REPORT_END_TIMEOUT;
	for (unsigned report = DIALECT_CONN; report < DIALECT_REPORTS; report++) {
		for (unsigned at : { 0u, 80u, 1000u, 1080u }) {
			const int lines = at < 1000;
			const unsigned columns = at % 1000;

			if (!lines && report == DIALECT_SOCKETS)
				continue; /* always has lines */
			const struct dialect_view v = { DIALECT_NONE, (enum dialect_report)report, lines, columns, 0, 0, 0 };

			for (const std::string &line : lines_of(print(v, { row })))
				EXPECT_LE(line.size(), columns ? 80u : 120u) << line;
		}
	}
}

/* A terminal is never overrun by addresses: they are cut, and the port is left. */
TEST(DialectPrint, AddressesCutToFitATerminal)
{
	struct report_row row = as_ipv6(tcp_line(REPORT_ESTABLISHED));
	struct dialect_view v = { DIALECT_NONE, DIALECT_CONN, 0, 80, 0, 0, 0 };

	EXPECT_EQ(print(v, { row }),
	          "Id       Client                State        Server                  State\n"
	          "0000002A [2001:db8::1]:20008   ESTABLISHED  [2001:db8:1111:22~]:443 SYN_SENT\n");
	v.columns = 122;
	EXPECT_EQ(print(v, { row }),
	          "Id       Proto Client                State        Server                                       "
	          "State        Idle     Flags\n"
	          "0000002A tcp   [2001:db8::1]:20008   ESTABLISHED  [2001:db8:1111:2222:3333:4444:5555:6666]:443 "
	          "SYN_SENT     01:00:00\n");
	v.columns = 120;
	set_address(&row.client, AF_INET6, "2001:db8:1111:2222:3333:4444:5555:7777", 20008);
	for (const std::string &line : lines_of(print(v, { row })))
		EXPECT_LE(line.size(), 120u) << line;
	v.wide = 1;
	EXPECT_NE(print(v, { row }).find("[2001:db8:1111:2222:3333:4444:5555:7777]:20008"), std::string::npos);
	v.wide = 0;
	v.columns = 0;
	EXPECT_NE(print(v, { row }).find("[2001:db8:1111:2222:3333:4444:5555:7777]:20008"), std::string::npos);
	v = { DIALECT_NONE, DIALECT_SOCKETS, 1, 80, 0, 0, 0 };
	row.lines = REPORT_LINE_CLIENT;
	EXPECT_NE(print(v, { row }).find("2001:db8:1111:222~..20008 2001:db8:1111:2222:3~..443 ESTABLISHED"),
	          std::string::npos)
	    << print(v, { row });
}

TEST(DialectPrint, SocketsByHost)
{
	struct report_row first = socket_line(IPPROTO_TCP, 22), second = tcp_line(REPORT_ESTABLISHED);
	struct report_row third = as_ipv6(udp_line());

	EXPECT_EQ(print(view(DIALECT_NONE, DIALECT_SOCKETS), { first, socket_line(IPPROTO_UDP, 161), second, third }),
	          "Proto Bound to               Connected to                               State        Idle     Conn\n"
	          "Host: 10.0.0.1\n"
	          "tcp   10.0.0.1..22           *..*                                       LISTEN       01:00:00 -\n"
	          "udp   10.0.0.1..161          *..*                                       UDP          01:00:00 -\n"
	          "tcp   10.0.0.1..20008        192.168.5.146..443                         ESTABLISHED  01:00:00 0000002A\n"
	          "Host: 2001:db8::1\n"
	          "udp   2001:db8::1..20008     2001:db8:1111:2222:3333:4444:5555:6666..53 UDP          01:00:00 0000002B\n");
	EXPECT_EQ(print(view(DIALECT_ZOS, DIALECT_SOCKETS), { first, second }),
	          "Sockets interface status:\n"
	          "Type   Bound to               Connected to           State    Conn\n"
	          "====   ========               ============           =====    ====\n"
	          "Name: 10.0.0.1\n"
	          "Stream 10.0.0.1..22           0.0.0.0..0             Listen   -\n"
	          "Stream 10.0.0.1..20008        192.168.5.146..443     Establsh 0000002A\n");
	EXPECT_EQ(lines_of(print(view(DIALECT_NONE, DIALECT_SOCKETS), { first, second }, 1)).size(), 2u);
}

TEST(DialectPrint, HeadingsOfEmptyReports)
{
	EXPECT_EQ(lines_of(print(view(DIALECT_NONE), {})).size(), 1u);
	EXPECT_EQ(lines_of(print(view(DIALECT_LINUX), {})).size(), 2u);
	EXPECT_EQ(lines_of(print(view(DIALECT_ZOS), {})).size(), 2u);
	EXPECT_EQ(print(view(DIALECT_SOLARIS), {}), "") << "no section";
	for (unsigned id = DIALECT_NONE; id < DIALECTS; id++)
		EXPECT_EQ(print(view((enum dialect_id)id), {}, 1), "");
}

/* The longest row there is stays in its line, in every dialect and report. */
TEST(DialectPrint, LongestRow)
{
	struct report_row row = longest_row();

	row.lines = REPORT_LINE_SERVER;
	for (unsigned id = DIALECT_NONE; id < DIALECTS; id++) {
		for (unsigned report = 0; report < DIALECT_REPORTS; report++) {
			struct dialect_view v = view((enum dialect_id)id, (enum dialect_report)report);

			if (!dialect_has(v.id, v.report))
				continue;
			v.wide = v.long_form = 1;
			EXPECT_LT(print(v, { row }, 1).size(), 600u);
		}
	}
}

} // namespace
