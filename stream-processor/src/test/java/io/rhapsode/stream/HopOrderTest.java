/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Transaction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two agents see two hops of one call, and their clocks differ by more than the proxy between them takes. */
class HopOrderTest {

    private static Call call(String script) {
        return call(Script.messages(script));
    }

    private static Call call(List<SipMessage> messages) {
        var open = open(messages);
        return CallOutcome.of(open, false).record("call-1", open);
    }

    private static OpenCall open(List<SipMessage> messages) {
        OpenCall open = null;
        for (var message : messages) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        return open;
    }

    /** RFC 3261 section 16.6, step 8. */
    @Test
    void proxyThatAddsAViaIsBehindTheCaller() {
        var call = call("""
                0 a INVITE 1 caller=100 user=030123
                -15 b INVITE 1 caller=+49100 user=+4930123 behind=a
                -14 c INVITE 1 caller=+49100 user=4711 behind=b+a
                900 a 404/INVITE 1
                """);
        assertThat(call.getANumber()).isEqualTo("100");
        assertThat(call.getBNumber()).isEqualTo("030123");
        assertThat(call.getANumberAfter()).isEqualTo("+49100");
        assertThat(call.getBNumberAfter()).isEqualTo("4711");
    }

    @Test
    void assertedIdentityIsThatOfTheFirstHopThatHasOne() {
        var call =
                call("-15 c INVITE 1 behind=b+a asserted=<sip:+49100@b> \n 0 b INVITE 1 behind=a asserted=<sip:100@a>"
                        + "\n -20 a INVITE 1");
        assertThat(call.getANumber()).isEqualTo("100");
    }

    @Test
    void hopsOfWhichOneIsNotCaptured() {
        var call = call("-15 c INVITE 1 user=4711 behind=b+a \n 0 a INVITE 1 user=030123");
        assertThat(call.getBNumber()).isEqualTo("030123");
        assertThat(call.getBNumberAfter()).isEqualTo("4711");
    }

    /** What a proxy does on its own behind itself is not what the caller was told. */
    @Test
    void cancelOfAProxyAndABusyAreNoCancelledCall() {
        var call = call("""
                0 a INVITE 1
                -15 b INVITE 1 behind=a
                3 b 180/INVITE 1 behind=a
                8980 b CANCEL 1 behind=a
                8990 b 487/INVITE 1 behind=a
                9000 c INVITE 1 behind=a
                9010 c 486/INVITE 1 behind=a
                9040 a 486/INVITE 1
                """);
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isEqualTo(486);
        assertThat(call.getEndClass()).isEqualTo("busy");
        assertThat(call.getWhy()).isEqualTo("486 Text 486 from 10.0.0.2:5062 after 9.0 s of ringing");
    }

    @Test
    void replyIsOfWhoSentItFirstThoughTheProxyBeforeItSeemsEarlier() {
        assertThat(call("""
                        0 a INVITE 1
                        25 b INVITE 1 behind=a
                        120 b 486/INVITE 1 behind=a
                        105 a 486/INVITE 1
                        """).getWhy()).isEqualTo("486 Text 486 from 10.0.0.2:5061");
    }

    @Test
    void timesAreThoseOfTheCallersHop() {
        var call = call("""
                0 a INVITE 1
                -15 b INVITE 1 behind=a
                70 b 180/INVITE 1 behind=a
                100 a 180/INVITE 1
                200 a 200/INVITE 1
                900 a BYE 2 dialog
                885 b BYE 2 dialog behind=a
                887 b 200/BYE 2 behind=a
                910 a 200/BYE 2
                """);
        assertThat(call.getSrdSuccessfulMs()).isEqualTo(100);
        assertThat(call.getSddMs()).isEqualTo(10);
        assertThat(call("0 a REGISTER 1 \n -15 b REGISTER 1 behind=a \n -5 b 200/REGISTER 1 behind=a"
                                + " \n 30 a 200/REGISTER 1")
                        .getRrdMs())
                .isEqualTo(30);
    }

    /** It sends with a Via of its own alone, and counts Max-Forwards down all the same (RFC 7332). */
    @Test
    void whoHidesTopologyIsBehindWhomItGotTheRequestFrom() {
        var call = call("""
                -15 c INVITE 1 user=4711 forwards=68
                0 a INVITE 1 user=030123 forwards=70
                5 b INVITE 1 user=+4930123 forwards=69 behind=a
                """);
        assertThat(call.getBNumber()).isEqualTo("030123");
        assertThat(call.getBNumberAfter()).isEqualTo("4711");
    }

    @Test
    void timeDecidesWhereViasAndMaxForwardsBeginAnew() {
        var call = call("""
                0 a INVITE 1 user=030123 forwards=70
                5 b INVITE 1 user=+4930123 forwards=69 behind=a
                10 c INVITE 1 user=4711 forwards=70
                """);
        assertThat(call.getBNumber()).isEqualTo("030123");
        assertThat(call.getBNumberAfter()).isEqualTo("4711");
    }

    @Test
    void attemptsOfOneCallerAreInTheOrderOfTheirCseq() {
        var call = call("""
                0 a INVITE 1 user=bob
                5 a 407/INVITE 1
                10 a INVITE 2 user=bob
                -5 b INVITE 2 user=bobby behind=a
                900 a 486/INVITE 2
                """);
        assertThat(call.getFinalCode()).isEqualTo(486);
        assertThat(call.getBNumber()).isEqualTo("bob");
        assertThat(call.getBNumberAfter()).isEqualTo("bobby");
    }

    /** A captured proxy, and what it was sent and sends on by two clocks. */
    @ParameterizedTest
    @ValueSource(ints = {-20, 20})
    void capturedHopsByTwoClocks(int millis) {
        var messages = Captures.messages(Captures.packets("proxied-flows.pcap"));
        for (String callId : List.of("1-17040@127.0.0.1", "1-17048@127.0.0.1")) {
            var sameClock = messages.stream()
                    .filter(message -> message.getCallId().equals(callId))
                    .toList();
            var twoClocks = sameClock.stream()
                    .map(message -> message.getViaCount() < 2
                            ? message
                            : message.toBuilder()
                                    .setAtUs(message.getAtUs() + millis * 1_000L)
                                    .build())
                    .toList();
            assertThat(withoutTimes(call(twoClocks))).isEqualTo(withoutTimes(call(sameClock)));
        }
    }

    /** What the replies on two hops have in common, such as when it rang first, is by the clock that saw it earlier. */
    private static Call withoutTimes(Call call) {
        return call.toBuilder()
                .clearOpenedAtUs()
                .clearRevision()
                .clearBeginAtUs()
                .clearRingingAtUs()
                .clearAnswerAtUs()
                .clearEndAtUs()
                .clearLastAtUs()
                .clearRingMs()
                .clearDurationMs()
                .clearHosts()
                .clearUserAgents()
                .build();
    }

    /** A store of before has calls whose hops are ordered by time alone. */
    @Test
    void hopsOfAnOlderStateAreOrderedByTime() {
        var open = open(Script.messages("""
                0 a INVITE 1 user=030123 forwards=70
                5 b INVITE 1 user=+4930123 forwards=69 behind=a
                10 c INVITE 1 user=4711 forwards=68 behind=b+a
                """)).toBuilder();
        for (Transaction.Builder hop : open.getTransactionsBuilderList()) {
            hop.clearVias().clearClient().clearMaxForwards();
        }
        var call = CallOutcome.of(open.build(), false).record("call-1", open.build());
        assertThat(call.getBNumber()).isEqualTo("030123");
        assertThat(call.getBNumberAfter()).isEqualTo("4711");
    }
}
