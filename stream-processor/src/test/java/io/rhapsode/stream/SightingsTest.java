/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SightingsTest {

    private static OpenCall open(List<SipMessage> messages) {
        var call = OpenCall.newBuilder();
        messages.forEach(message -> Sightings.add(call, message));
        return call.build();
    }

    private static Sightings of(String script) {
        return Sightings.of(open(Script.messages(script)));
    }

    @Test
    void sameWireSameNodeIsARetransmission() {
        assertThat(of("0 a INVITE 1 \n 500 a INVITE 1 \n 1500 a INVITE 1")).isEqualTo(new Sightings(2, 0, 0));
        assertThat(of("0 a 200/INVITE 1 \n 500 a 200/INVITE 1")).isEqualTo(new Sightings(1, 0, 0));
    }

    @Test
    void sameWireOtherNodeIsADuplicate() {
        assertThat(of("0 a INVITE 1 node=x \n 0 a INVITE 1 node=y \n 0 a INVITE 1 node=z"))
                .isEqualTo(new Sightings(0, 0, 2));
    }

    @Test
    void otherWireIsAFurtherSightingWhoeverSawIt() {
        assertThat(of("0 a INVITE 1 node=x \n 1 b INVITE 1 node=x \n 2 c INVITE 1 node=y"))
                .isEqualTo(new Sightings(0, 2, 0));
    }

    @Test
    void allThreeTogether() {
        assertThat(of("""
                0 a INVITE 1 node=x
                1 a INVITE 1 node=y
                2 b INVITE 1 node=y
                500 a INVITE 1 node=x
                501 a INVITE 1 node=y
                502 b INVITE 1 node=y
                """)).isEqualTo(new Sightings(2, 1, 2));
    }

    @Test
    void whatIsNewIsNoSightingAgain() {
        assertThat(of("""
                0 a INVITE 1
                1 a 100/INVITE 1
                2 b INVITE 2
                3 b 100/INVITE 2
                4 a 180/INVITE 1
                5 a 180/INVITE 1 tag=fork
                6 a INVITE 3 dialog
                7 a INVITE 3 callee
                8 a 200/INVITE 3
                9 a 200/INVITE 3 callee
                """)).isEqualTo(new Sightings(0, 0, 0));
    }

    /** RFC 3262 section 3: each has a number of its own, and is sent again with it until its PRACK comes. */
    @Test
    void provisionalReplyOfAnotherNumberIsNoRetransmission() {
        assertThat(of("0 a 183/INVITE 1 rseq=1 \n 500 a 183/INVITE 1 rseq=2")).isEqualTo(new Sightings(0, 0, 0));
        assertThat(of("0 a 183/INVITE 1 rseq=1 \n 500 a 183/INVITE 1 rseq=1 \n 510 b 183/INVITE 1 rseq=1"))
                .isEqualTo(new Sightings(1, 1, 0));
    }

    @Test
    void eachHopHasItsOwnTryingAndItsOwnCancel() {
        assertThat(of("0 a 100/INVITE 1 \n 1 b 100/INVITE 1 \n 2 a CANCEL 1 \n 3 b CANCEL 1"))
                .isEqualTo(new Sightings(0, 0, 0));
        assertThat(of("0 a CANCEL 1 \n 500 a CANCEL 1")).isEqualTo(new Sightings(1, 0, 0));
    }

    @Test
    void moreThanAreKeptAreLeftOutTheSameWayInAnyOrder() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            var script = new StringBuilder();
            for (int i = 0; i < 400; i++) {
                script.append("0 ")
                        .append("abc".charAt(random.nextInt(3)))
                        .append(" INFO ")
                        .append(random.nextInt(100))
                        .append(" dialog node=")
                        .append(random.nextInt(2))
                        .append('\n');
            }
            var messages = new ArrayList<>(Script.messages(script.toString()));
            var first = open(messages);
            Collections.shuffle(messages, random);
            assertThat(first.getSightingsCount()).as("seed %d", seed).isEqualTo(3 * 64);
            assertThat(Sightings.of(open(messages))).as("seed %d", seed).isEqualTo(Sightings.of(first));
        }
    }

    @Test
    void aMessageThatIsSentForEverIsCountedToTheBound() {
        var message = Script.messages("0 a OPTIONS 1").get(0);
        assertThat(Sightings.of(open(Collections.nCopies(70_000, message)))).isEqualTo(new Sightings(65_534, 0, 0));
    }
}
