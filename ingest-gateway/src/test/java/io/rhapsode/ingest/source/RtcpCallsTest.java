/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.transport.Transport;
import io.rhapsode.wire.transport.TransportMessage;
import org.junit.jupiter.api.Test;

class RtcpCallsTest {

    private static final long SECOND = 1_000_000;
    private static final String AUDIO = "c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n";

    private final RtcpCalls calls = new RtcpCalls(4);
    private long at = Packets.AT;

    private TransportMessage message(
            String source, int sourcePort, String destination, int destinationPort, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        byte[] from = IpAddress.of(source).orElseThrow();
        byte[] to = IpAddress.of(destination).orElseThrow();
        return new TransportMessage(
                Transport.UDP, from, to, sourcePort, destinationPort, -1, at, bytes, 0, bytes.length);
    }

    private void sip(String callId, String type, String body) {
        String text = Packets.invite(callId).stripTrailing() + "\r\nContent-Type: " + type + "\r\n\r\n" + body;
        calls.learn(message("10.0.0.1", 5060, "10.0.0.2", 5060, text));
    }

    private void offer(String callId, String sdp) {
        sip(callId, "application/sdp", "v=0\r\n" + sdp);
    }

    private String callOf(String destination, int port) {
        return calls.callOf(message("192.0.2.77", 9, destination, port, "")).orElse("");
    }

    @Test
    void itsPortIsTheOneAfterRtps() {
        offer("a", AUDIO);
        assertThat(callOf("10.0.0.1", 4001)).isEqualTo("a");
        assertThat(callOf("10.0.0.1", 4000)).isEmpty();
        assertThat(callOf("10.0.0.2", 4001)).isEmpty();
    }

    @Test
    void orWhatTheDescriptionSays() {
        offer("a", AUDIO + "a=rtcp:4711\r\nm=video 4002 RTP/SAVPF 96\r\na=rtcp:9 IN IP4 10.0.0.9\r\n");
        assertThat(callOf("10.0.0.1", 4711)).isEqualTo("a");
        assertThat(callOf("10.0.0.1", 4001)).isEmpty();
        assertThat(callOf("10.0.0.9", 9)).isEqualTo("a");
    }

    @Test
    void withMuxRtpsTooForTheOtherMayNotWantIt() {
        offer("a", AUDIO + "a=rtcp-mux\r\n");
        assertThat(callOf("10.0.0.1", 4000)).isEqualTo("a");
        assertThat(callOf("10.0.0.1", 4001)).isEqualTo("a");
    }

    @Test
    void whatSendsFromThereBelongsThereToo() {
        offer("a", AUDIO);
        assertThat(calls.callOf(message("10.0.0.1", 4001, "192.0.2.77", 9, ""))).hasValue("a");
    }

    @Test
    void ipv6HasManySpellings() {
        offer("a", "c=IN IP6 2001:0DB8:0::1\r\nm=audio 4000 RTP/AVP 0\r\n");
        assertThat(callOf("2001:db8::1", 4001)).isEqualTo("a");
    }

    @Test
    void aPartOfABodyCountsAsWell() {
        sip(
                "a",
                "multipart/mixed;boundary=x",
                "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n" + AUDIO + "--x--\r\n");
        assertThat(callOf("10.0.0.1", 4001)).isEqualTo("a");
    }

    @Test
    void theLatestCallHasThePlace() {
        offer("a", AUDIO);
        offer("b", AUDIO);
        assertThat(callOf("10.0.0.1", 4001)).isEqualTo("b");
    }

    @Test
    void whatIsNoPlaceOfRtcpIsPassedOver() {
        offer("a", "c=IN IP4 host.example\r\nm=audio 4000 RTP/AVP 0\r\n");
        offer("a", "c=IN IP4 10.0.0.1\r\nm=audio 0 RTP/AVP 0\r\nm=image 4000 udptl t38\r\nm=audio 65535 RTP/AVP 0\r\n");
        sip("a", "text/plain", AUDIO);
        assertThat(callOf("10.0.0.1", 4001)).isEmpty();
        assertThat(callOf("10.0.0.1", 1)).isEmpty();
    }

    @Test
    void aCallIdOfAnyLengthIsNotKept() {
        offer("x".repeat(256), AUDIO);
        assertThat(callOf("10.0.0.1", 4001)).hasSize(256);
        offer("x".repeat(257), AUDIO.replace("4000", "5000"));
        assertThat(callOf("10.0.0.1", 5001)).isEmpty();
    }

    @Test
    void aPlaceIsForgottenTenMinutesAfterItWasMetLast() {
        offer("a", AUDIO);
        for (int i = 0; i < 5; i++) {
            at += 599 * SECOND;
            assertThat(callOf("10.0.0.1", 4001)).isEqualTo("a");
        }
        at += 601 * SECOND;
        assertThat(callOf("10.0.0.1", 4001)).isEmpty();
    }

    @Test
    void ofTooManyThoseMetLongestAgoAreForgotten() {
        for (int call = 0; call < 5; call++) {
            offer("call-" + call, "c=IN IP4 10.0.0." + call + "\r\nm=audio 4000 RTP/AVP 0\r\n");
            assertThat(callOf("10.0.0.0", 4001)).isEqualTo("call-0");
        }
        assertThat(callOf("10.0.0.1", 4001)).isEmpty();
        assertThat(callOf("10.0.0.4", 4001)).isEqualTo("call-4");
    }
}
