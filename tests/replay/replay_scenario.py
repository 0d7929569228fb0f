# SPDX-License-Identifier: BSD-3-Clause
"""What a scenario is, and the lists into which scenarios enter themselves.

A scenario is a function of one replay_host.Connection: it makes the hosts act and then says, in
its own words, in which states they are. The rule behind the words is the design's: what a host
sends changes its own state, what passes the tap counts as received, but a SYN or a SYN-ACK proves
nothing of its receiver, and neither does a FIN that is repeated unanswered.

They are written in replay_orderly and replay_disorderly; whoever needs all of them imports
replay_scenarios.
"""
SCENARIOS, HARD = [], []


def scenario(own_server=False, ports=None, into=SCENARIOS):
    """Enters a function. own_server: the server has an address that no other connection has, so
    that nothing can be known of its listener. ports: from which the server's is taken."""
    def add(function):
        function.own_server, function.ports = own_server, ports
        into.append(function)
        return function
    return add


def close(first, second):
    """Both close, one after the other, with four segments."""
    first.fin()
    second.ack()
    second.fin()
    first.ack()
