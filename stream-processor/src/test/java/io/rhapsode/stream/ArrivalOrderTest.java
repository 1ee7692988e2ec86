/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Packets of one call come from several agents, late, in any order: the record they make must be the same. */
class ArrivalOrderTest {

    private static final List<List<SipMessage>> CALLS = calls();

    private static List<List<SipMessage>> calls() {
        Map<String, List<SipMessage>> captured = Stream.of("proxied-flows.pcap", "registrations-challenges-cancel.pcap")
                .flatMap(file -> Captures.messages(Captures.packets(file)).stream())
                .collect(Collectors.groupingBy(SipMessage::getCallId, TreeMap::new, Collectors.toList()));
        return List.copyOf(captured.values());
    }

    @Property(tries = 2000)
    void anyOrderOfACapturedCallGivesTheSameRecord(@ForAll long seed) {
        var random = new Random(seed);
        var call = CALLS.get(random.nextInt(CALLS.size()));
        assertSameInAnyOrder(call, random);
    }

    /** The same message seen by two agents, and two messages of one microsecond, are among these. */
    @Property(tries = 2000)
    void anyOrderOfAnyMessagesAtAllGivesTheSameRecord(@ForAll long seed) {
        var random = new Random(seed);
        var script = new StringBuilder();
        for (int i = random.nextInt(2, 40); i > 0; i--) {
            script.append(line(random)).append('\n');
        }
        assertSameInAnyOrder(Script.messages(script.toString()), random);
    }

    private static String line(Random random) {
        String method = pick(random, "INVITE", "INVITE", "BYE", "CANCEL", "ACK", "PRACK", "REGISTER", "REFER", "INFO");
        String code =
                pick(random, "", "", "100/", "180/", "183/", "200/", "401/", "407/", "486/", "487/", "603/", "302/");
        return String.join(
                " ",
                Integer.toString(random.nextInt(12)),
                pick(random, "a", "b", "c"),
                code + method,
                Integer.toString(random.nextInt(3)),
                pick(random, "", "dialog", "callee"),
                "agent=agent-" + random.nextInt(4),
                pick(random, "", "from=other"),
                pick(random, "", "of-invite"),
                pick(random, "", "behind=a", "behind=b+a"),
                pick(random, "", "forwards=" + random.nextInt(60, 70)),
                pick(random, "", "node=other", "node=third"),
                pick(random, "", "site=" + random.nextInt(3)),
                pick(random, "", "", "user=" + random.nextInt(3)),
                pick(random, "", "tag=" + random.nextInt(20)),
                pick(random, "", "sdp=0+8", "sdp=9 hold", "sdp=" + random.nextInt(20)),
                pick(random, "", "refer-to=<sip:" + random.nextInt(3) + "@example.com>"),
                pick(random, "", "replaces=call-" + random.nextInt(3)),
                pick(random, "", "expires=" + random.nextInt(3), "contact=<sip:a@b>;expires=7"),
                pick(random, "", "asserted=<sip:" + random.nextInt(3) + "@example.com>"),
                pick(random, "", "reason=Q.850;cause=" + random.nextInt(3), "reason=SIP;cause=200"));
    }

    private static String pick(Random random, String... choice) {
        return choice[random.nextInt(choice.length)];
    }

    private static void assertSameInAnyOrder(List<SipMessage> messages, Random random) {
        var shuffled = new ArrayList<>(messages);
        Collections.shuffle(shuffled, random);
        assertThat(record(shuffled, false)).isEqualTo(record(messages, false));
        assertThat(record(shuffled, true)).isEqualTo(record(messages, true));
    }

    /** Without what names and numbers the record: that is made from whichever message comes first. */
    private static Call record(List<SipMessage> messages, boolean outOfTime) {
        OpenCall open = null;
        for (var message : messages) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        return CallOutcome.of(open, outOfTime).record("call", open).toBuilder()
                .clearOpenedAtUs()
                .clearOpenedReceivedAtUs()
                .clearRevision()
                .build();
    }
}
