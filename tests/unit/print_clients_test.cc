/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_row.h"
#include "print_rows.h"
#include "report_label.h"

#include "print_fixture.h"

namespace {

struct digest_client
example()
{
	struct digest_client client = {};

	inet_pton(AF_INET, "10.0.0.1", client.addr);
	client.ip_version = 4;
	for (unsigned s = 0; s < REPORT_STATES; s++) {
		client.by_state[s] = 1u << s;
		client.count += 1u << s;
	}
	client.packets_out = 123456;
	client.packets_in = 1000;
	client.bytes_out = 999;
	client.bytes_in = 12345678901;
	client.last_us = 1767225600000123;
	client.idle_us = 61500000;
	return client;
}

TEST(PrintClients, Text)
{
	const struct digest_client client = example();
	const std::string text = printed(print_clients.text_heading) + printed(print_clients.text, &client);

	/* CLOSED 1, LISTEN 2, SYN_SENT 4, SYN_RECEIVED 8, ESTABLISHED 16 ... LAST_ACK 512, TIME_WAIT 1024 */
	EXPECT_EQ(text, "Client           Conns Opening Estab Closing  Past   UDP Packets  Bytes     Idle\n"
	                "10.0.0.1          4095      14    16     992  1025  2048    124k  12.3G 00:01:01\n");
}

TEST(PrintClients, Names)
{
	const struct digest_client client = example();
	const struct report_label label = { { 10 }, 8, 4, "corp" };

	const std::unique_ptr<report_labels> labels(new report_labels());
	report_labels_use(labels.get(), &label, 1);
	struct print_style style = {};
	style.labels = labels.get();
	const std::string text =
		printed_in(style, print_clients.text_heading) + printed_in(style, print_clients.text, &client);
	const std::string json = printed_in(style, print_clients.json, &client);
	const std::string csv = printed_in(style, print_clients.csv, &client);
	EXPECT_NE(text.find("     Idle  Name\n"), std::string::npos) << text;
	EXPECT_NE(text.find(" 00:01:01  corp\n"), std::string::npos) << text;
	EXPECT_EQ(json.find("{\"ip\":\"10.0.0.1\",\"name\":\"corp\",\"count\":4095,"), 0u) << json;
	expect_json_line(json);
	EXPECT_NE(csv.find(",61.5,corp\n"), std::string::npos) << csv;
}

TEST(PrintClients, EveryStateIsInOneColumn)
{
	for (unsigned s = 0; s < REPORT_STATES; s++) {
		struct digest_client client = {};
		unsigned ones = 0;

		client.ip_version = 4;
		client.by_state[s] = 77777;
		const std::string text = printed(print_clients.text, &client);
		for (size_t at = 0; (at = text.find("77777", at)) != std::string::npos; at++)
			ones++;
		EXPECT_EQ(ones, 1u) << s << text;
	}
}

TEST(PrintClients, JsonAndCsv)
{
	struct digest_client client = example();
	const std::string json = printed(print_clients.json, &client);

	EXPECT_EQ(json, "{\"ip\":\"10.0.0.1\",\"count\":4095,\"by_state\":{\"CLOSED\":1,\"LISTEN\":2,"
	                "\"SYN_SENT\":4,\"SYN_RECEIVED\":8,\"ESTABLISHED\":16,\"FIN_WAIT_1\":32,"
	                "\"FIN_WAIT_2\":64,\"CLOSE_WAIT\":128,\"CLOSING\":256,\"LAST_ACK\":512,"
	                "\"TIME_WAIT\":1024,\"UDP\":2048},\"packets_out\":123456,\"packets_in\":1000,"
	                "\"bytes_out\":999,\"bytes_in\":12345678901,\"last\":\"2026-01-01T00:00:00.000123Z\","
	                "\"idle\":61.5}\n");
	expect_json_line(json);
	EXPECT_EQ(printed(print_clients.csv, &client),
	          "10.0.0.1,0,4095,1,2,4,8,16,32,64,128,256,512,1024,2048,123456,1000,999,12345678901,"
	          "2026-01-01T00:00:00.000123Z,61.5,\n");
	EXPECT_EQ(fields_of(printed(print_clients.csv, &client)), fields_of(printed(print_clients.csv_heading)));
	client.other = 1;
	EXPECT_EQ(printed(print_clients.text, &client).find("(other) "), 0u);
	EXPECT_EQ(printed(print_clients.json, &client).find("{\"other\":true,\"count\":4095,"), 0u);
	EXPECT_EQ(printed(print_clients.csv, &client).find(",1,4095,"), 0u);
}

} // namespace
