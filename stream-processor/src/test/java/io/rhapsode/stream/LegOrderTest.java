/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.Link;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.state.OpenCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents are late, and partitions are read each in its own pace: links and sessions must not depend on it. */
class LegOrderTest {

    /** Three legs, each joined to the next in another way, a fourth that may belong to them, and two that do not. */
    private static final List<RawPacket> PACKETS = packets();

    private static List<RawPacket> packets() {
        var packets = new ArrayList<RawPacket>();
        packets.addAll(Script.packets(
                "leg-1",
                "0 a INVITE 1 caller=100 user=200 src=1 dst=5 \n 9 a 180/INVITE 1 \n 900 a 200/INVITE 1"
                        + "\n 3 b INVITE 1 caller=100 user=200 src=5 dst=7 \n 9000 a BYE 2 dialog"));
        packets.addAll(Script.packets(
                "leg-2",
                "40 a INVITE 1 caller=100 user=200 src=7 dst=8 x-cid=order-4711 \n 80 a 180/INVITE 1 src=8 dst=7"));
        packets.addAll(Script.packets(
                "leg-3",
                "90 a INVITE 1 caller=300 user=400 x-cid=order-4711 \n 95 a 100/INVITE 1 \n 99 a 200/INVITE 1"));
        packets.addAll(Script.packets("perhaps", "700 a INVITE 1 caller=100 user=200 src=11 dst=12"));
        packets.addAll(Script.packets("later", "60000 a INVITE 1 caller=100 user=200 src=7 dst=8"));
        packets.addAll(Script.packets("other", "40 a INVITE 1 caller=100 user=201 x-cid=order-4712"));
        return packets;
    }

    @TempDir
    Path folder;

    @Test
    void linksAndSessionsAreTheSameInAnyOrder() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var expected = joined(PACKETS, random, "0");
        assertThat(expected)
                .containsEntry("leg-1", "leg-1 [leg-2 NUMBERS_AND_HOST, perhaps NUMBERS]")
                .containsEntry("leg-2", "leg-1 [leg-3 HEADER, leg-1 NUMBERS_AND_HOST, perhaps NUMBERS]")
                .containsEntry("leg-3", "leg-1 [leg-2 HEADER]")
                .containsEntry("perhaps", " [leg-1 NUMBERS, leg-2 NUMBERS]")
                .containsEntry("later", " []")
                .containsEntry("other", " []");
        for (int i = 1; i <= 40; i++) {
            var shuffled = new ArrayList<>(PACKETS);
            Collections.shuffle(shuffled, random);
            assertThat(joined(shuffled, random, Integer.toString(i)))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }

    /** In the end, with pauses of up to a second and a half between any two packets. */
    private Map<String, String> joined(List<RawPacket> packets, Random random, String name) {
        try (var way = new TestWay(folder.resolve(name))) {
            long shift = TestWay.BEGIN.toEpochMilli() * 1_000 - Script.BEGIN;
            for (RawPacket packet : packets) {
                way.packet(packet.toBuilder()
                        .setCapturedAtUs(packet.getCapturedAtUs() + shift)
                        .build());
                way.pass(Duration.ofMillis(random.nextInt(1_500)));
            }
            for (int i = 0; i < 10; i++) {
                way.pass(Duration.ofMillis(1_100));
            }
            var joined = new TreeMap<String, String>();
            way.calls().forEach(call -> joined.put(call.getCallId(), text(call)));
            return joined;
        }
    }

    private static String text(Call call) {
        return call.getSession() + " "
                + call.getLinksList().stream()
                        .map(link -> link.getCallId() + " " + link.getRule())
                        .toList();
    }

    /** Any graph of calls, and links and sessions delivered in any order, some of them twice. */
    @Property(tries = 500)
    void allCallsThatAreJoinedEndInTheSessionOfTheEarliest(@ForAll long seed) {
        var random = new Random(seed);
        int size = random.nextInt(2, 9);
        var calls = new TreeMap<String, OpenCall>();
        for (int i = 0; i < size; i++) {
            calls.put(
                    "call-" + i,
                    OpenCall.newBuilder().setBeginAtUs(1 + random.nextInt(5)).build());
        }
        int[] component = new int[size];
        for (int i = 0; i < size; i++) {
            component[i] = i;
        }
        var onTheWay = new ArrayList<CallLink>();
        for (int edge = random.nextInt(2 * size); edge > 0; edge--) {
            int one = random.nextInt(size);
            int other = random.nextInt(size);
            if (one != other) {
                LinkRule rule = LinkRule.forNumber(1 + random.nextInt(9));
                onTheWay.add(link(calls, one, other, rule));
                onTheWay.add(link(calls, other, one, rule));
                if (LinkRules.isAsserted(rule)) {
                    join(component, component[one], component[other]);
                }
            }
        }
        deliver(calls, onTheWay, random);
        for (int i = 0; i < size; i++) {
            assertThat(CallLinks.session("call-" + i, calls.get("call-" + i)))
                    .as("seed %d call %d", seed, i)
                    .isEqualTo(earliest(calls, component, i));
        }
    }

    private static CallLink link(Map<String, OpenCall> calls, int of, int to, LinkRule rule) {
        var one = LegProcessor.named(LegProcessor.key("call-" + of), calls.get("call-" + of));
        var other = LegProcessor.named(LegProcessor.key("call-" + to), calls.get("call-" + to));
        return LinkRules.link(one, other, rule);
    }

    private static void join(int[] component, int one, int other) {
        for (int i = 0; i < component.length; i++) {
            component[i] = component[i] == other ? one : component[i];
        }
    }

    private static void deliver(Map<String, OpenCall> calls, List<CallLink> onTheWay, Random random) {
        int steps = 0;
        while (!onTheWay.isEmpty()) {
            assertThat(steps++).as("this must end").isLessThan(5_000);
            int next = random.nextInt(onTheWay.size());
            CallLink link = random.nextInt(10) == 0 ? onTheWay.get(next) : onTheWay.remove(next);
            String callId = link.getCallId();
            var added = CallLinks.add(callId, calls.get(callId), link);
            calls.put(callId, CallLinks.tell(callId, added, onTheWay::add));
        }
    }

    private static String earliest(Map<String, OpenCall> calls, int[] component, int of) {
        var joined = new ArrayList<String>();
        for (int i = 0; i < component.length; i++) {
            if (component[i] == component[of]) {
                joined.add("call-" + i);
            }
        }
        joined.sort((one, other) -> {
            int byBegin =
                    Long.compare(calls.get(one).getBeginAtUs(), calls.get(other).getBeginAtUs());
            return byBegin != 0 ? byBegin : one.compareTo(other);
        });
        return joined.size() == 1 ? "" : joined.get(0);
    }

    @Test
    void onlyTheSurestLinksAreKeptWhicheverCameFirst() {
        var links = new ArrayList<CallLink>();
        for (int i = 10; i < 40; i++) {
            links.add(CallLink.newBuilder()
                    .setCallId("call")
                    .setLink(LinkRules.link("other-" + i, i % 2 == 0 ? LinkRule.NUMBERS : LinkRule.HEADER))
                    .build());
        }
        var expected = kept(links);
        assertThat(expected).hasSize(16);
        assertThat(expected.stream().filter(Link::getAsserted)).hasSize(15);
        Collections.reverse(links);
        assertThat(kept(links)).isEqualTo(expected);
    }

    private static List<Link> kept(List<CallLink> links) {
        var call = OpenCall.newBuilder().setBeginAtUs(1).build();
        for (CallLink link : links) {
            call = CallLinks.add("call", call, link);
        }
        return CallLinks.records(call);
    }
}
